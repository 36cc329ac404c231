#!/usr/bin/env node
// Kills a training run before chosen file operations, and again while it is resumed, and compares the outcome with that
// of a run that was left alone. Every operation on the run's folder counts: open, write, sync, rename, remove, make.
// Usage: npm run build && node tools/checks/kill-at-file-operations.js [kills] [seed]
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATASETS, ensureMini } from '@fbsd/datasets';
import { outcomeOf, settingsOf, train, trainWell } from './small-run.js';

const [kills = 40, seed = 1] = process.argv.slice(2).map(Number);
const hook = new URL('./count-file-operations.js', import.meta.url).href;
const folder = await mkdtemp(join(tmpdir(), 'fbsd-kill-'));
const pictures = join(folder, 'pictures');
const settings = settingsOf(pictures);

/** Trains, and dies before an operation. @param {readonly string[]} args @param {string} run @param {number} at */
async function trainUntil(args, run, at) {
  const count = join(folder, 'count');
  await writeFile(count, '0');
  const environment = { FILE_OPERATIONS_OF: run, DIE_AT: String(at), COUNT_IN: count };
  const result = await train(args, { nodeArguments: ['--import', hook], environment });
  return { ...result, operations: Number(await readFile(count, 'utf8')) };
}

let failures = 0;
try {
  await ensureMini(DATASETS.cub.mini, pictures, { trainPerClass: 8, testPerClass: 2 });
  const whole = join(folder, 'whole');
  const { operations } = await trainUntil([...settings, '--out', whole], whole, 0);
  const expected = await outcomeOf(whole);
  console.log(`undisturbed: ${operations} file operations`);
  for (let i = 0; i < kills; i++) {
    const at = 1 + Math.floor(((i + (seed % 97) / 97) * operations) / kills);
    const run = join(folder, `run-${i}`);
    const first = await trainUntil([...settings, '--out', run], run, at);
    let result = first;
    // Twice: a resumed run first tidies what it finds, and that may be cut short as well.
    if (first.killed) {
      const begun = await readFile(join(run, 'config.json')).catch(() => null);
      const again = begun ? ['--resume', '--out', run] : [...settings, '--out', run];
      result = await trainUntil(again, run, 1 + (i % 12));
      if (result.killed) {
        const now = await readFile(join(run, 'config.json')).catch(() => null);
        await trainWell(now ? ['--resume', '--out', run] : [...settings, '--out', run]);
      }
    }
    const same = (await outcomeOf(run)) === expected;
    if (!same) failures++;
    const kind = first.killed ? `killed before operation ${at}` : 'not killed';
    console.log(
      `${kind}${result.killed ? `, resumed, killed before ${1 + (i % 12)}` : ''}: ${same ? 'the same' : 'NOT the same'}`,
    );
    await rm(run, { recursive: true });
  }
  console.log(`${kills} runs, ${failures} that came out differently`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
