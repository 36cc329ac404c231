// Trains two steps on wasm and answers in JSON what they took. Usage: node one-step.js '{"arch": …, "size": 448, "batch": 2, "threads": 1, "skip": true}'
import { fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { useThreadedWasm } from '@fbsd/kernels/node';
import { GradientAccumulation, SGD, stepMemory, trainStep } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { HeapWatch, skipArithmetic } from './heap-watch.js';

const STEPS = 2;

/** @type {import('./estimate-cases.js').Measured} */
const { arch, size, batch, accumulate = 1, threads, skip } = JSON.parse(process.argv[2] ?? '');
tf.env().set('PROD', true);
if (skip) skipArithmetic();
if (threads > 1) await useThreadedWasm({ threads });
else await tf.setBackend('wasm');
accelerate();
const { wasm } = /** @type {{ wasm: import('./heap-watch.js').Heap }} */ (
  /** @type {unknown} */ (tf.backend())
);
const watch = new HeapWatch(wasm);

const model = fbsd({ arch, classes: 200, imageSize: size, seed: 1 });
const estimate = stepMemory(model)(batch, accumulate);
const optimizer = new GradientAccumulation(new SGD(model));
const images = /** @type {tf.Tensor4D} */ (tf.randomUniform([batch, size, size, 3], -1, 1));
const labels = tf.tensor1d(
  Array.from({ length: batch }, (_, i) => i),
  'int32',
);
let seconds = 0;
let full;
try {
  for (let step = 0; step < STEPS; step++) {
    for (let part = 0; part < accumulate; part++) {
      const started = performance.now();
      await trainStep(model, optimizer, images, labels);
      seconds = (performance.now() - started) / 1000;
    }
    optimizer.step();
  }
} catch (error) {
  full = /** @type {Error} */ (error).message;
}
const resident = process.resourceUsage().maxRSS * 1024;
const answer = { estimate, peak: watch.peak, heap: watch.size, resident, seconds, full };
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit());
