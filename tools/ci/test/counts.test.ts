import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import CountsReporter from '../../../jest.counts.js';
import {
  forgetTestCounts,
  readCounts,
  readTestCounts,
  settled,
  sum,
  testedFolders,
} from '../counts.js';

const NONE = { passed: 0, failed: 0, skipped: 0 };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fbsd-counts-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Packages a, b, c and more; all but b have tests in Jest. */
function repository() {
  writeFileSync(join(root, 'package.json'), '{ "workspaces": ["packages/*", "more"] }');
  for (const folder of ['packages/a', 'packages/b', 'packages/c', 'more']) {
    mkdirSync(join(root, folder), { recursive: true });
    if (folder !== 'packages/b') writeFileSync(join(root, folder, 'jest.config.js'), '');
  }
  return testedFolders(root);
}

/** Runs the reporter as Jest does at the end of a run. */
function report(folder: string, passed: number, failed: number) {
  new CountsReporter({ rootDir: folder }).onRunComplete(undefined, {
    numPassedTests: passed,
    numFailedTests: failed,
    numRuntimeErrorTestSuites: 1,
    numPendingTests: 2,
    numTodoTests: 3,
  });
}

test('the packages with tests are those of the workspaces that have a jest.config.js', () => {
  expect(repository()).toEqual(
    ['packages/a', 'packages/c', 'more'].map((name) => join(root, name)),
  );
});

test('what the reporter writes is added up; files of tests that do not load have failed', () => {
  const folders = repository();
  for (const folder of folders) report(folder, 10, 1);
  expect(readTestCounts(folders)).toEqual({ passed: 30, failed: 6, skipped: 15, missing: [] });
});

test('packages where no test ran are named, and earlier counts are none', () => {
  const folders = repository();
  for (const folder of folders) report(folder, 10, 0);
  forgetTestCounts(folders);
  for (const folder of folders) expect(existsSync(join(folder, 'test-counts.json'))).toBe(false);
  report(join(root, 'more'), 4, 0);
  expect(readTestCounts(folders)).toEqual({
    passed: 4,
    failed: 1,
    skipped: 5,
    missing: [join(root, 'packages/a'), join(root, 'packages/c')],
  });
});

test('no file is nothing passed', () => {
  expect(readCounts(join(root, 'absent.json'))).toEqual(NONE);
  expect(sum([])).toEqual(NONE);
});

test('a step that failed without a failed test counts as one, and so does one that passed nothing', () => {
  const passed = { passed: 5, failed: 0, skipped: 1 };
  expect(settled(passed, true)).toEqual(passed);
  expect(settled(passed, false)).toEqual({ ...passed, failed: 1 });
  expect(settled({ ...passed, failed: 3 }, false).failed).toBe(3);
  expect(settled({ ...passed, failed: 3 }, true).failed).toBe(3);
  expect(settled(NONE, true).failed).toBe(1);
});
