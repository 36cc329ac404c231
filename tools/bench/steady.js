// Does memory stay flat over a long training? Usage: node steady.js [--case train-mini-96] [--backend wasm] [--steps 1000]
import { parseArgs } from 'node:util';
import { selectBackend } from '@fbsd/examples';
import * as tf from '@tensorflow/tfjs-core';
import { casesNamed } from './cases.js';
import { makeStep } from './steps.js';
import { verdict } from './verdict.js';

/** How often it looks. */
const SAMPLES = 20;

const { values: flags } = parseArgs({
  options: {
    case: { type: 'string', default: 'train-mini-96' },
    backend: { type: 'string', default: 'wasm' },
    steps: { type: 'string', default: '1000' },
  },
});
const steps = Number(flags.steps);
if (!Number.isInteger(steps) || steps < SAMPLES) {
  console.error(`--steps must be a whole number from ${SAMPLES}; got '${flags.steps}'.`);
  process.exit(2);
}
const [measured] = casesNamed([flags.case]);
const { description } = await selectBackend(/** @type {'wasm' | 'node'} */ (flags.backend));
const step = makeStep(/** @type {import('./cases.js').Case} */ (measured));
console.log(`${measured?.name} on ${description}, ${steps} steps`);
console.log('  step  tensors  MB of tensors  MB resident');

/** @type {import('./verdict.js').Sample[]} */
const samples = [];
for (let done = 1; done <= steps; done++) {
  await step();
  if (done % Math.floor(steps / SAMPLES) > 0) continue;
  const { numTensors: tensors, numBytes: bytes } = tf.memory();
  const resident = process.memoryUsage.rss();
  samples.push({ tensors, bytes, resident });
  const columns = [done, tensors, ...[bytes, resident].map((n) => (n / 2 ** 20).toFixed(1))];
  console.log(columns.map((x, i) => String(x).padStart([6, 8, 14, 12][i] ?? 0)).join(' '));
}
const problem = verdict(samples);
console.log(problem ?? 'Flat.');
process.exitCode = problem ? 1 : 0;
