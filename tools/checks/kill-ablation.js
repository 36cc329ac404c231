#!/usr/bin/env node
// Kills an ablation at random moments, starts it anew with the same flags, and compares what it comes to with one that was
// left alone: every accuracy has to be the same, and no run that was finished may be trained again.
// Usage: npm run build && node tools/checks/kill-ablation.js [most kills] [seed]
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATASETS, ensureMini } from '@fbsd/datasets';
import { randomNumbers } from './random.js';
import { settingsOf, trainWell } from './small-run.js';

const [kills = 6, seed = 1] = process.argv.slice(2).map(Number);
const VARIANTS = ['--', '--head linear', '--head linear --recipe modern'];
const folder = await mkdtemp(join(tmpdir(), 'fbsd-kill-'));
const pictures = join(folder, 'pictures');
const flags = [...settingsOf(pictures).filter((word) => word !== '--seed' && word !== '7')];
const random = randomNumbers(seed);

/** @param {string} out */
function argsOf(out) {
  const shared = [...flags, '--seeds', '1,2', '--validation-split', '0.25', '--out', out];
  return [...shared, ...VARIANTS];
}

/**
 * The runs that are finished, with the time when they were.
 *
 * @param {string} out
 * @returns {Promise<Map<string, number>>}
 */
async function finishedRuns(out) {
  if (!existsSync(out)) return new Map();
  const files = (await readdir(out, { recursive: true })).filter((path) =>
    /test\.json$/.test(path),
  );
  const times = files.map(async (path) => {
    const { mtimeMs } = await stat(join(out, path));
    return /** @type {const} */ ([path, mtimeMs]);
  });
  return new Map(await Promise.all(times));
}

let failures = 0;
try {
  await ensureMini(DATASETS.cub.mini, pictures, { trainPerClass: 4, testPerClass: 2 });
  const whole = join(folder, 'whole');
  const started = performance.now();
  await trainWell(argsOf(whole), { command: 'ablate' });
  const duration = performance.now() - started;
  console.log(`undisturbed: ${(duration / 1000).toFixed(1)} s`);

  const out = join(folder, 'killed');
  let killed = 0;
  for (let ended = false; !ended; ) {
    const before = await finishedRuns(out);
    const killAfter = killed < kills ? { killAfter: 300 + random() * duration * 0.7 } : {};
    const result = await trainWell(argsOf(out), { command: 'ablate', ...killAfter });
    const after = await finishedRuns(out);
    const again = [...before].filter(([path, time]) => after.get(path) !== time);
    failures += again.length;
    for (const [path] of again) console.log(`${path} was finished, and written again`);
    if (result.killed) console.log(`kill ${++killed}: ${after.size} runs were finished`);
    else ended = true;
  }
  if (killed === 0) {
    failures++;
    console.log('it was never killed, as it went faster than at first: take another seed');
  }
  for (const file of ['ablation.json', 'ablation.md']) {
    const [expected, got] = await Promise.all(
      [whole, out].map((directory) => readFile(join(directory, file), 'utf8')),
    );
    if (expected === got) continue;
    failures++;
    console.log(`${file} is NOT the same`);
  }
  console.log(failures === 0 ? 'the same results' : `${failures} faults`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
