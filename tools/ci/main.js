#!/usr/bin/env node
// What the README tells a newcomer to do after `npm ci`. Takes every step, also after one that failed;
// the last line counts, and the exit code is 1 if anything failed. Usage: node tools/ci/main.js
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** @type {string[]} what the examples said meanwhile */
const reported = [];
const inExamples = new Results((line) => reported.push(line));
const folder = await mkdtemp(join(tmpdir(), 'fbsd-ci-'));
try {
  const testCounts = await tests();
  // Each of the two waits at times, for npm or a browser, and leaves its processor to the other.
  const [consumerCounts, exampleCounts] = await Promise.all([consumers(), examples()]);
  console.log(`\n${reported.join('\n')}\n`);
  const steps = { tests: testCounts, consumers: consumerCounts, examples: exampleCounts };
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
async function tests() {
  const packages = testedFolders();
  forgetTestCounts(packages);
  const succeeded = await npm('test');
  const { missing, ...counts } = readTestCounts(packages);
  for (const each of missing) console.log(`no tests ran in ${each}`);
  return settled(counts, succeeded && missing.length === 0);
}

/** The packages as their users get them: packed, installed, bundled, in browsers. */
async function consumers() {
  const file = join(folder, 'consumer-check.json');
  const succeeded = await npm('run', 'consumer-check', '--', '--counts', file);
  return settled(readCounts(file), succeeded);
}

async function examples() {
  await checkExamples(inExamples, folder);
  return settled(inExamples, true);
}

/** @param {string[]} args @returns {Promise<boolean>} whether it succeeded */
async function npm(...args) {
  const child = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  return code === 0;
}
