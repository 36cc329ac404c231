import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command line program. */
export const PROGRAM = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

/**
 * Flags of a small run.
 *
 * @param {string} data
 */
export function settingsOf(data) {
  return [
    ...['--data', data, '--arch', 'mini', '--image-size', '65', '--batch-size', '8'],
    ...['--epochs', '4', '--learning-rate', '0.01', '--pretrained-learning-rate', '0.01'],
    ...['--backend', 'wasm', '--log-every', '1', '--save-every', '4', '--seed', '7'],
  ];
}

/**
 * Trains until it ends, or a signal ends it.
 *
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {'train' | 'ablate'} [options.command]
 * @param {number} [options.killAfter] milliseconds
 * @param {(text: string) => void} [options.onOutput]
 * @param {readonly string[]} [options.nodeArguments]
 * @param {Record<string, string>} [options.environment]
 * @returns {Promise<{code: number | null, killed: boolean, output: string}>}
 */
export function train(args, options = {}) {
  const { command = 'train', killAfter, onOutput, nodeArguments = [], environment = {} } = options;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...nodeArguments, PROGRAM, command, ...args], {
      env: { ...process.env, ...environment },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
        onOutput?.(String(text));
      });
    }
    const timer =
      killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, killed: signal === 'SIGKILL', output });
    });
  });
}

/** As {@link train}, which has to end well or be killed. */
export async function trainWell(/** @type {Parameters<typeof train>} */ ...args) {
  const result = await train(...args);
  if (!result.killed && result.code !== 0) {
    throw new Error(`exit code ${result.code}:\n${result.output}`);
  }
  return result;
}

/**
 * What a run came to, without what depends on the clock: weights, velocities, metrics, names of files.
 *
 * @param {string} run
 */
export async function outcomeOf(run) {
  /** @type {Record<string, string>} */
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
