#!/usr/bin/env node
// Fills the disk under a training run, makes room again, resumes, and compares the outcome with that of
// a run that was left alone. The disk is a small one in memory: Linux, as root.
// Usage: npm run build && sudo node tools/checks/full-disk.js
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATASETS, ensureMini } from '@fbsd/datasets';
import { outcomeOf, settingsOf, train, trainWell } from './small-run.js';

const SIZE = '200m';
/** Logged steps after which the disk is full. */
const MOMENTS = [2, 7, 9, 12, 15];

const folder = await mkdtemp(join(tmpdir(), 'fbsd-full-'));
const pictures = join(folder, 'pictures');
const disk = join(folder, 'disk');
const ballast = join(disk, 'ballast');
const settings = settingsOf(pictures);

/** Takes all the room that is left. */
function fill() {
  const file = openSync(ballast, 'w');
  for (let chunk = Buffer.alloc(2 ** 20); chunk.length > 0; ) {
    try {
      if (writeSync(file, chunk) === chunk.length) continue;
    } catch (error) {
      assert.equal(/** @type {NodeJS.ErrnoException} */ (error).code, 'ENOSPC');
    }
    chunk = chunk.subarray(0, chunk.length >> 1);
  }
  closeSync(file);
}

await mkdir(disk);
execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk]);
try {
  await ensureMini(DATASETS.cub.mini, pictures, { trainPerClass: 8, testPerClass: 2 });
  const whole = join(folder, 'whole');
  await trainWell([...settings, '--out', whole]);
  const expected = await outcomeOf(whole);
  for (const moment of MOMENTS) {
    const run = join(disk, 'run');
    let filled = false;
    const { code, output } = await train([...settings, '--out', run], {
      onOutput: (text) => {
        if (filled || !text.includes(`  step ${moment} `)) return;
        filled = true;
        fill();
      },
    });
    assert.ok(filled);
    assert.equal(code, 1, output);
    const message = output.trim().split('\n').at(-1) ?? '';
    assert.match(message, /^\[fbsd\] .*ENOSPC.*make room,? .*--resume/, output);
    rmSync(ballast);
    const begun = existsSync(join(run, 'checkpoints', 'last'));
    await trainWell(['--resume', '--out', run]);
    assert.equal(await outcomeOf(run), expected);
    console.log(
      `full after step ${moment}: stopped, ${begun ? 'the last checkpoint whole' : 'no checkpoint yet'}; resumed: the same`,
    );
    await rm(run, { recursive: true });
  }
} finally {
  execFileSync('umount', [disk]);
  await rm(folder, { recursive: true, force: true });
}
