// What a step would take on more threads than there are CPUs: each share of the work runs alone, the longest of each call counts.
// Usage: npm run bench:scaling -- [case] [threads,threads,…]

import { useNative } from '@fbsd/kernels/node';
import { startNativeKernels } from '@fbsd/native';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { useModule } from '../../../packages/kernels/dist/backends/wasm/module.js';
import { nativeRunner } from '../../../packages/kernels/dist/node/native-runner.js';
import { casesNamed } from '../cases.js';
import { makeStep } from '../steps.js';
import { ShareTimer } from './share-timer.js';

const WARM_UP = 3;
const STEPS = 5;

const [name = 'train-resnet50-256', counts = '1,2,4,8,16'] = process.argv.slice(2);
const [measured] = casesNamed([name]);
const threadCounts = [...new Set([1, ...counts.split(',').map(Number)])]; // one first: what the others are held to
if (!measured || !threadCounts.every((n) => Number.isInteger(n) && n > 0)) {
  throw new Error(
    `Expected a case and numbers of threads, as train-mini-96 1,8; got '${name}' '${counts}'.`,
  );
}
tf.env().set('PROD', true); // no advertisement of other backends
await useNative({ threads: 1 });
const kernels = startNativeKernels({ threads: 1 });
const timer = new ShareTimer();
const step = makeStep(measured);

/** @type {Map<string, number>} */
const work = new Map();
for (const threads of threadCounts) {
  useModule(/** @type {any} */ (tf.backend()), (memory) =>
    timer.runner(nativeRunner(kernels, memory), threads),
  );
  for (let i = 0; i < WARM_UP; i++) await step();
  timer.take();
  const begin = performance.now();
  for (let i = 0; i < STEPS; i++) await step();
  const wall = (performance.now() - begin) / STEPS;
  const functions = [...timer.take()].map(([name, { together, longest }]) => ({
    name,
    together: together / STEPS,
    longest: longest / STEPS,
  }));
  const sum = (/** @type {'together' | 'longest'} */ key) =>
    functions.reduce((total, shares) => total + shares[key], 0);
  const alone = wall - sum('together');
  const line = (/** @type {string} */ name, /** @type {number[]} */ ...values) =>
    console.log(name.padEnd(26) + values.map((v) => v.toFixed(1).padStart(12)).join(''));

  console.log(`\n${name}, ${threads} threads: ${(sum('longest') + alone).toFixed(0)} ms a step`);
  console.log(
    'function'.padEnd(26) +
      ['at once, ms', 'together, ms', 'more work', 'of ideal'].map((t) => t.padStart(12)).join(''),
  );
  for (const { name, together, longest } of functions.sort((a, b) => b.longest - a.longest)) {
    const first = work.get(name) ?? together;
    work.set(name, first);
    if (longest < 0.01 * sum('longest')) continue;
    line(name, longest, together, together / first, (longest * threads) / first);
  }
  line('on one thread always', alone);
}
process.exit(0);
