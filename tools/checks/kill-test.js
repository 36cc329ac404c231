#!/usr/bin/env node
// Kills training runs at random moments, resumes them, and compares the outcome with that of a run
// that was left alone: weights, velocities and metrics have to be the same to the last bit.
// Usage: npm run build && node tools/checks/kill-test.js [kills] [seed]
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATASETS, ensureMini } from '@fbsd/datasets';
import { randomNumbers } from './random.js';
import { outcomeOf, settingsOf, trainWell } from './small-run.js';

const [kills = 30, seed = 1] = process.argv.slice(2).map(Number);
const KILLS_PER_RUN = 6;
const folder = await mkdtemp(join(tmpdir(), 'fbsd-kill-'));
const pictures = join(folder, 'pictures');
const settings = settingsOf(pictures);

/** The same moments for the same seed. */
const random = randomNumbers(seed);

let failures = 0;
try {
  await ensureMini(DATASETS.cub.mini, pictures, { trainPerClass: 8, testPerClass: 2 });
  const whole = join(folder, 'whole');
  const started = performance.now();
  await trainWell([...settings, '--out', whole]);
  let duration = performance.now() - started;
  const expected = await outcomeOf(whole);
  console.log(`undisturbed: ${(duration / 1000).toFixed(1)} s`);

  let killed = 0;
  for (let run = 1; killed < kills; run++) {
    const directory = join(folder, `run-${run}`);
    let here = 0;
    let ended = false;
    while (!ended) {
      const begun = existsSync(join(directory, 'config.json'));
      const args = begun ? ['--resume', '--out', directory] : [...settings, '--out', directory];
      const again = here < KILLS_PER_RUN && killed < kills;
      const options = again ? { killAfter: 300 + random() * duration * 0.9 } : {};
      const { killed: wasKilled } = await trainWell(args, options);
      ended = !wasKilled;
      // The machine may have become faster than it was at first: aim earlier after a miss.
      if (ended && again) duration *= 0.8;
      if (wasKilled) {
        here++;
        killed++;
      }
    }
    const same = (await outcomeOf(directory)) === expected;
    if (!same) failures++;
    console.log(`run ${run}: killed ${here} times, then ${same ? 'the same' : 'NOT the same'}`);
    await rm(directory, { recursive: true });
  }
  console.log(`${killed} kills, ${failures} runs that came out differently`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
