#!/usr/bin/env node
// Ends training runs by the signals that ask a process to end, looks at their exit codes, resumes them, and compares the
// outcome with that of a run that was left alone.
// Usage: npm run build && node tools/checks/signal-test.js
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATASETS, ensureMini } from '@fbsd/datasets';
import { outcomeOf, PROGRAM, settingsOf, trainWell } from './small-run.js';

/** @type {readonly [NodeJS.Signals, number, RegExp][]} Exit codes as shells know them; within an epoch and in a test. */
const CASES = [
  ['SIGINT', 130, / {2}step 3 /],
  ['SIGTERM', 143, / {2}step 6 /],
  ['SIGHUP', 129, / {2}step 9 /],
  ['SIGTERM', 143, / {2}step 10 /], // the last of an epoch: it comes while the model is tested
];

const folder = await mkdtemp(join(tmpdir(), 'fbsd-signal-'));
const settings = settingsOf(join(folder, 'pictures'));
try {
  await ensureMini(DATASETS.cub.mini, join(folder, 'pictures'), {
    trainPerClass: 8,
    testPerClass: 2,
  });
  const whole = join(folder, 'whole');
  await trainWell([...settings, '--out', whole]);
  const expected = await outcomeOf(whole);
  for (const [signal, code, moment] of CASES) {
    const run = join(folder, `run-${signal}`);
    const child = spawn(process.execPath, [PROGRAM, 'train', ...settings, '--out', run]);
    let output = '';
    child.stdout.on('data', (text) => {
      const before = moment.test(output);
      output += text;
      if (!before && moment.test(output)) child.kill(signal);
    });
    const ended = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(ended, code, output);
    const stopped = /Stopped after step \d+/.exec(output)?.[0];
    assert.ok(stopped, output);
    await trainWell(['--resume', '--out', run]);
    assert.equal(await outcomeOf(run), expected);
    console.log(`${signal}: exit code ${code}. ${stopped}; resumed: the same`);
    await rm(run, { recursive: true });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
