import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers the gradients and the chained ops
import { type Acceleration, accelerate } from '../../src/index.ts';

/** Those of the ops whose kernels or gradients `accelerate()` replaces. */
const OPS = [
  'batchnorm',
  'clone',
  'concat',
  'conv2d',
  'conv2d_separable',
  'conv2d_transpose',
  'depthwise_conv2d',
  'exp',
  'fused/fused_conv2d',
  'fused/fused_mat_mul',
  'gather',
  'mat_mul',
  'max_pool',
  'mean',
  'relu',
  'split',
  'sum',
  'unsorted_segment_sum',
];

let acceleration: Acceleration;
beforeAll(async () => {
  await tf.setBackend('wasm');
  acceleration = accelerate();
});
afterAll(() => acceleration.restore());

const { resolve } = createRequire(import.meta.url);
for (const op of OPS) await import(resolve(`@tensorflow/tfjs-core/dist/ops/${op}_test.js`));
