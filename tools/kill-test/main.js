#!/usr/bin/env node
// Kills training runs at random moments, resumes them, and compares the outcome with that of a run
// that was left alone: weights, velocities and metrics have to be the same to the last bit.
// Usage: npm run build && node tools/kill-test/main.js [kills] [seed]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATASETS, ensureMini } from '../../examples/dist/data/index.js';

const [kills = 30, seed = 1] = process.argv.slice(2).map(Number);
const KILLS_PER_RUN = 6;
const program = fileURLToPath(new URL('../../examples/dist/cli/main.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'fbsd-kill-'));
const pictures = join(folder, 'pictures');
const settings = [
  ...['--data', pictures, '--arch', 'mini', '--image-size', '65', '--batch-size', '8'],
  ...['--epochs', '4', '--learning-rate', '0.01', '--pretrained-learning-rate', '0.01'],
  ...['--backend', 'wasm', '--log-every', '1', '--save-every', '4', '--seed', '7'],
];

/** Mulberry32: the same moments for the same seed. */
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

/**
 * Trains until it ends or is killed.
 *
 * @param {readonly string[]} args
 * @param {number} [killAfter] milliseconds
 * @returns {Promise<'ended' | 'killed'>}
 */
function train(args, killAfter) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'train', ...args], { cwd: folder });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    const timer = killAfter && setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve('ended');
      else reject(new Error(`exit code ${code}:\n${output}`));
    });
  });
}

/** What a run came to, without what depends on the clock. */
async function outcome(run) {
  const digests = {};
  for (const file of ['last/weights.bin', 'last/velocities.bin', 'best/weights.bin']) {
    const bytes = await readFile(join(run, 'checkpoints', file));
    digests[file] = createHash('sha256').update(bytes).digest('hex');
  }
  const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  const metrics = lines.map((line) => {
    const { imagesPerSecond, seconds, peakMemoryBytes, ...measured } = JSON.parse(line);
    return measured;
  });
  const all = await readdir(run, { recursive: true });
  // Each process has an event file of its own, named after the time.
  const files = all.filter((path) => !path.startsWith('tensorboard')).sort();
  return JSON.stringify({ digests, metrics, files });
}

let failures = 0;
try {
  await ensureMini(DATASETS.cub.mini, pictures, { trainPerClass: 8, testPerClass: 2 });
  const whole = join(folder, 'whole');
  const started = performance.now();
  await train([...settings, '--out', whole]);
  const duration = performance.now() - started;
  const expected = await outcome(whole);
  console.log(`undisturbed: ${(duration / 1000).toFixed(1)} s`);

  let killed = 0;
  for (let run = 1; killed < kills; run++) {
    const directory = join(folder, `run-${run}`);
    let here = 0;
    let result = 'killed';
    while (result === 'killed') {
      const begun = existsSync(join(directory, 'config.json'));
      const args = begun ? ['--resume', '--out', directory] : [...settings, '--out', directory];
      const again = here < KILLS_PER_RUN && killed < kills;
      result = await train(args, again ? 300 + random() * duration * 0.9 : undefined);
      if (result === 'killed') {
        here++;
        killed++;
      }
    }
    const same = (await outcome(directory)) === expected;
    if (!same) failures++;
    console.log(`run ${run}: killed ${here} times, then ${same ? 'the same' : 'NOT the same'}`);
    await rm(directory, { recursive: true });
  }
  console.log(`${killed} kills, ${failures} runs that came out differently`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
