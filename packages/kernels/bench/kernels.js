// Milliseconds of single kernels on wasm, one thread: stock, fallback, hand-written.
// Usage: npm run build && node bench/kernels.js
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { fallback } from '../dist/backends/wasm/fallback/index.js';
import { identity } from '../dist/backends/wasm/identity.js';
import { wasmReplacements } from '../dist/backends/wasm/replacements.js';
import { sgdStep } from '../dist/index.js';
import * as fallbackBatchNorm from '../dist/ops/batch-norm-fallback.js';
import * as fusedBatchNorm from '../dist/ops/batch-norm-kernels.js';
import { install } from '../dist/registry/install.js';

tf.env().set('PROD', true); // no advertisement of other backends
await tf.setBackend('wasm');

const conv = { strides: 1, pad: 'same', dataFormat: 'NHWC' };
/** @type {tf.Tensor4D} */
const x = tf.randomNormal([16, 24, 24, 64]);
const filter = tf.randomNormal([3, 3, 64, 64]);
/** @type {tf.Tensor1D} */
const channels = tf.randomUniform([64]);
const [mean, variance] = /** @type {[tf.Tensor1D, tf.Tensor1D]} */ (
  tf.unstack(fallbackBatchNorm.moments(x))
);
const a = tf.randomNormal([4, 784, 512]);
const b = tf.randomNormal([4, 196, 512]);
const dw = tf.randomNormal([3, 3, 64, 1]);
const w = tf.randomNormal([1024, 512]);
const parameter = { weight: tf.variable(w), velocity: tf.variable(w), gradient: w };
const pooled = tf.maxPool(x, 3, 2, 'same');
const wide = tf.concat(Array(8).fill(pooled), 3); // [16,12,12,512]
const ids = tf.tensor1d(
  Int32Array.from({ length: 9216 }, (_, i) => i % 100),
  'int32',
);
const order = tf.tensor1d([5, 3, 11, 0, 8, 15, 1, 9, 2, 14, 7, 4, 12, 6, 10, 13], 'int32');
/** @param {string} name @param {tf.NamedTensorMap} inputs @param {tf.NamedAttrMap} attrs @returns {tf.Tensor} */
const run = (name, inputs, attrs) => tf.engine().runKernel(name, inputs, attrs);
/** @param {typeof fusedBatchNorm} kernels */
const normalize = (kernels) => () => {
  const y = kernels.normalize(x, mean, variance, channels, channels, x, { epsilon: 0, relu: true });
  return [y, kernels.moments(x)];
};
/** @param {typeof fusedBatchNorm} kernels */
const gradient = (kernels) => () =>
  Object.values(
    kernels.backward(x, x, mean, variance, channels, x, { epsilon: 1e-5, residual: true }),
  );

/** @param {tf.Tensor[]} inputs */
const batchNorm = (...inputs) => {
  const [x, mean, variance, offset, scale] =
    /** @type {[tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]} */ (inputs);
  return tf.batchNorm(x, mean, variance, offset, scale);
};

/** @type {Record<string, () => tf.TensorContainer>} */
const cases = {
  'convolution 3×3, 64 channels': () => run('Conv2D', { x, filter }, { ...conv, dilations: 1 }),
  'its input gradient': () =>
    run('Conv2DBackpropInput', { dy: x, filter }, { ...conv, inputShape: x.shape }),
  'its filter gradient': () =>
    run('Conv2DBackpropFilter', { x, dy: x }, { ...conv, filterShape: filter.shape }),
  'matMul a·bᵀ, batch 4, 784×512×196': () => tf.matMul(a, b, false, true),
  'matMul 1024×512×1024, fresh': () => tf.tidy(() => tf.matMul(w, tf.transpose(w))),
  'batch norm + residual + ReLU': normalize(fusedBatchNorm),
  'its gradient': gradient(fusedBatchNorm),
  'batchNorm with given statistics': () => tf.batchNorm(x, mean, variance, channels, channels),
  'the same with all its gradients': () =>
    tf.tidy(() => tf.grads(batchNorm)([x, mean, variance, channels, channels], x)),
  'mean per channel': () => tf.mean(x, [0, 1, 2]),
  'sum per channel': () => tf.sum(x, [0, 1, 2]),
  'gradient of max pool 3×3/2': () =>
    run(
      'MaxPoolGrad',
      { dy: pooled, input: x, output: pooled },
      { filterSize: [3, 3], strides: [2, 2], pad: 'same' },
    ),
  'depthwise filter gradient': () =>
    run(
      'DepthwiseConv2dNativeBackpropFilter',
      { x, dy: x },
      { ...conv, dilations: [1, 1], filterShape: dw.shape },
    ),
  'unsortedSegmentSum, 9216 rows': () =>
    tf.tidy(() => tf.unsortedSegmentSum(tf.reshape(x, [9216, 64]), ids, 100)),
  'SGD step of 0.5 M weights': () =>
    sgdStep([parameter], { learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 }),
  'slice of 20×20×48': () => tf.slice(x, [0, 2, 2, 8], [16, 20, 20, 48]),
  'padding of a pixel': () =>
    tf.pad(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]),
  'concat of 8 × 64 channels': () => tf.concat(Array(8).fill(pooled), 3),
  'split of it': () => tf.split(wide, 8, 3),
  'gather of 16 images': () => tf.gather(x, order),
  'exp of 0.6 M values': () => tf.exp(x),
  clone: () => tf.clone(x),
};

const variants = [
  { kernels: [] },
  { kernels: [identity, ...fallback] },
  wasmReplacements(tf.backend()),
];
console.log('stock, fallback, hand-written');
for (const [name, f] of Object.entries(cases)) {
  const times = variants.map((replacements) => {
    const { restore } = install('wasm', replacements);
    try {
      return fastest(f).toFixed(2);
    } catch {
      return '–'; // no such kernel
    } finally {
      restore();
    }
  });
  console.log(`${name}: ${times.join(' ')}`);
}

/**
 * The shortest of 15 runs, in milliseconds.
 *
 * @param {() => tf.TensorContainer} f
 */
function fastest(f) {
  const times = Array.from({ length: 15 }, () => {
    const begin = performance.now();
    tf.dispose(f());
    return performance.now() - begin;
  });
  return Math.min(...times);
}
