// In the page: runs one file of tests and returns what became of each test.

import tests from 'virtual:tests';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  startTests,
  test,
} from '@vitest/runner';
import { getTestName, getTests } from '@vitest/runner/utils';
import { expect } from './expect.js';
import './wasm-files.js';

Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test });

const TIMEOUT = 240_000; // milliseconds; generous: no test is about time

/**
 * What runs: all but what takes an emulated GPU minutes, the thousand passes of finite differences
 * and, on webgpu, comparisons with compositions of many small ops. Goldens run everywhere.
 */
const RUN =
  /^(?!.* on webgl\b.*finite differences)(?!.* on webgpu\b.*(finite differences|composition))/;

/**
 * @typedef {{ name: string, state: string, error?: string | undefined }} TestResult
 * @param {string} file
 * @returns {Promise<TestResult[]>}
 */
export async function runTests(file) {
  const [task] = await startTests([file], {
    importFile: () => tests[file]?.(),
    pool: 'browser',
    config: {
      root: '/',
      name: undefined,
      setupFiles: [],
      passWithNoTests: false,
      testNamePattern: RUN,
      allowOnly: false,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: TIMEOUT,
      hookTimeout: TIMEOUT,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
  });
  if (!task) throw new Error(`${file} was not run`);
  const broken = task.result?.errors?.[0]?.message;
  const results = getTests(task).map((test) => ({
    name: getTestName(test),
    state: test.result?.state ?? test.mode,
    error: test.result?.errors?.[0]?.message,
  }));
  return broken ? [{ name: file, state: 'fail', error: broken }, ...results] : results;
}

Object.assign(globalThis, { runTests });
