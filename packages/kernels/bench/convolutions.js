// GFLOP/s of convolutions and their gradients on wasm.
// Usage: npm run build && node bench/convolutions.js [threads]

import * as tf from '@tensorflow/tfjs-core';
import { useThreadedWasm } from '../dist/node/index.js';

const threads = Number(process.argv[2] ?? 1);
tf.env().set('IS_TEST', true); // no advertisement of other backends
await useThreadedWasm({ threads });

/** The shortest of 12 runs, in milliseconds. */
function fastest(run) {
  const times = Array.from({ length: 12 }, () => {
    const begin = performance.now();
    tf.dispose(run());
    return performance.now() - begin;
  });
  return Math.min(...times);
}

const run = (kernel, inputs, attrs) => tf.engine().runKernel(kernel, inputs, attrs);
const layers = [
  { x: [16, 96, 96, 3], filter: [3, 3, 3, 32], strides: 2 },
  { x: [16, 24, 24, 32], filter: [3, 3, 32, 32], strides: 1 },
  { x: [16, 24, 24, 32], filter: [3, 3, 32, 64], strides: 2 },
  { x: [16, 12, 12, 64], filter: [3, 3, 64, 64], strides: 1 },
  { x: [16, 6, 6, 128], filter: [3, 3, 128, 128], strides: 1 },
  { x: [16, 3, 3, 256], filter: [3, 3, 256, 256], strides: 1 },
  { x: [4, 28, 28, 512], filter: [1, 1, 512, 128], strides: 1 },
];
for (const { x: shape, filter: filterShape, strides } of layers) {
  const x = tf.randomNormal(shape);
  const filter = tf.randomNormal(filterShape);
  const dy = tf.conv2d(x, filter, strides, 'same');
  const flops = (2 * dy.size * filter.size) / filterShape[3];
  const attrs = { strides, pad: 'same', dataFormat: 'NHWC' };
  const rates = [
    () => tf.conv2d(x, filter, strides, 'same'),
    () => run('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: shape }),
    () => run('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape }),
  ].map((f) => (flops / fastest(f) / 1e6).toFixed(1));
  console.log(
    `[${shape}] * [${filterShape}] / ${strides}: forward, input, filter ${rates.join(' ')}`,
  );
  tf.dispose([x, filter, dy]);
}
