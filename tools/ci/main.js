#!/usr/bin/env node
// What the README tells a newcomer to do after `npm ci`. Takes every step, also after one that failed;
// the last line counts, and the exit code is 1 if anything failed. Usage: node tools/ci/main.js
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Results } from '../consumer-check/src/results.js';
import { ROOT } from '../workspace/repository.js';
import {
  forgetTestCounts,
  readCounts,
  readTestCounts,
  settled,
  sum,
  testedFolders,
} from './counts.js';
import { checkExamples } from './examples.js';

const folder = await mkdtemp(join(tmpdir(), 'fbsd-ci-'));
try {
  const steps = { tests: tests(), consumers: consumers(), examples: await examples() };
  console.log();
  for (const [step, { passed, failed, skipped }] of Object.entries(steps)) {
    console.log(`${step.padEnd(10)} ${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
  const { passed, failed } = sum(Object.values(steps));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Lint, build, type check, tests. */
function tests() {
  const packages = testedFolders();
  forgetTestCounts(packages);
  const succeeded = npm('test');
  const { missing, ...counts } = readTestCounts(packages);
  for (const each of missing) console.log(`no tests ran in ${each}`);
  return settled(counts, succeeded && missing.length === 0);
}

/** The packages as their users get them: packed, installed, bundled, in browsers. */
function consumers() {
  const file = join(folder, 'consumer-check.json');
  const succeeded = npm('run', 'consumer-check', '--', '--counts', file);
  return settled(readCounts(file), succeeded);
}

async function examples() {
  const results = new Results();
  await checkExamples(results, folder);
  return settled(results, true);
}

/** @param {string[]} args @returns whether it succeeded */
function npm(...args) {
  const { status } = spawnSync('npm', args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status === 0;
}
