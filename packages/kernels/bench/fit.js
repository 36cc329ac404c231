// Milliseconds per batch of model.fit() on a plain ResNet of tf.layers, stock and accelerated.
// Usage: npm run build && node bench/fit.js [batch] [size] [batches] [threads]
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-wasm';
import { accelerate } from '@fbsd/kernels';
import { useThreadedWasm } from '@fbsd/kernels/node';
import { fallback } from '../dist/backends/wasm/fallback/index.js';
import { identity } from '../dist/backends/wasm/identity.js';
import { install } from '../dist/registry/install.js';

/** @typedef {import('@tensorflow/tfjs-layers').SymbolicTensor} SymbolicTensor */

const [batch = 16, size = 96, batches = 9, threads = 2] = process.argv.slice(2).map(Number);
const CLASSES = 10;

/** ResNet-18 of half the width: 32–256 channels, a stem with max pool, batch norms, a dense head. */
function resnet() {
  /**
   * @param {import('@tensorflow/tfjs-core').serialization.Serializable & { apply(x: any): unknown }} layer
   * @param {SymbolicTensor | SymbolicTensor[]} x
   */
  const apply = (layer, x) => /** @type {SymbolicTensor} */ (layer.apply(x));
  /** @param {SymbolicTensor} x @param {number} filters @param {number} kernelSize @param {number} strides */
  const conv = (x, filters, kernelSize, strides) => {
    const options = /** @type {const} */ ({ padding: 'same', useBias: false });
    return apply(layers.layers.conv2d({ filters, kernelSize, strides, ...options }), x);
  };
  /** @param {SymbolicTensor} x */
  const norm = (x) => apply(layers.layers.batchNormalization(), x);
  /** @param {SymbolicTensor} x */
  const relu = (x) => apply(layers.layers.reLU(), x);
  /** @param {SymbolicTensor} x @param {number} filters @param {number} strides */
  const block = (x, filters, strides) => {
    const inner = relu(norm(conv(x, filters, 3, strides)));
    const same = strides === 1 && x.shape[3] === filters;
    const shortcut = same ? x : norm(conv(x, filters, 1, strides));
    return relu(apply(layers.layers.add(), [norm(conv(inner, filters, 3, 1)), shortcut]));
  };
  const inputs = layers.input({ shape: [size, size, 3] });
  const stem = relu(norm(conv(inputs, 32, 3, 2)));
  const pooled = layers.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' });
  const features = [32, 64, 128, 256].reduce(
    (x, filters, i) => block(block(x, filters, i === 0 ? 1 : 2), filters, 1),
    apply(pooled, stem),
  );
  const mean = apply(layers.layers.globalAveragePooling2d({}), features);
  const outputs = apply(layers.layers.dense({ units: CLASSES, activation: 'softmax' }), mean);
  return layers.model({ inputs, outputs });
}

/**
 * Median and fastest batch of a fit of random pictures, without the first two batches.
 *
 * @param {string} name
 */
async function measure(name) {
  const model = resnet();
  const xs = tf.randomNormal([batch * batches, size, size, 3], 0, 1, 'float32', 7);
  const ys = tf.tidy(() => {
    const classes = Array.from({ length: batch * batches }, (_, i) => i % CLASSES);
    return tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), CLASSES), 'float32');
  });
  const optimizer = tf.train.momentum(0.01, 0.9);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  /** @type {number[]} */
  const ends = [];
  const onBatchEnd = () => void ends.push(performance.now());
  try {
    await model.fit(xs, ys, {
      epochs: 1,
      batchSize: batch,
      shuffle: false,
      verbose: 0,
      yieldEvery: 'batch',
      callbacks: { onBatchEnd },
    });
    const times = ends.slice(2).map((end, i) => end - Number(ends[i + 1]));
    times.sort((a, b) => a - b);
    const ms = (/** @type {number | undefined} */ time) => Number(time).toFixed(0);
    console.log(`${name}: median ${ms(times[times.length >> 1])} ms, fastest ${ms(times[0])}`);
  } catch (error) {
    console.log(`${name}: fails: ${/** @type {Error} */ (error).message}`);
  }
  tf.dispose([xs, ys]);
  model.dispose();
  optimizer.dispose();
}

tf.env().set('PROD', true); // no advertisement of other backends
const tfjsNode = '@tensorflow/tfjs-node'; // optional
const hasTensorFlow = await import(tfjsNode).then(
  () => true,
  () => false,
);

// First: the threaded backend takes the place of tfjs's while no tensor is there.
const threaded = await useThreadedWasm({ threads });
await measure(`wasm, accelerated, ${threads} threads`);
await threaded.dispose();
await tf.setBackend('wasm');
await measure('wasm, stock');
const installed = install('wasm', { kernels: [identity, ...fallback] });
await measure('wasm, fallback (no SIMD)');
installed.restore();
const handWritten = accelerate();
await measure('wasm, accelerated');
handWritten.restore();
if (hasTensorFlow) {
  await tf.setBackend('tensorflow');
  await measure('tensorflow, stock');
  accelerate();
  await measure('tensorflow, accelerated');
}
