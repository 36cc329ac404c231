import { diversify } from '@fbsd/fdm';
import { accelerate } from '@fbsd/kernels';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { gflopOf } from '../operations.js';

/** GFLOP of what is computed, on wasm with our kernels. */
const count = (compute: () => unknown) =>
  gflopOf('wasm', async () => {
    tf.tidy(() => {
      compute();
    });
  });
const billionths = 1e-9;

describe('gflopOf', () => {
  beforeAll(async () => {
    tf.env().set('PROD', true);
    await tf.setBackend('wasm');
    accelerate();
  });

  test('a convolution, and its two gradients, as direct ones', async () => {
    const products = 2 * 8 * 8 * 32 * (3 * 3 * 16);
    const [x, filter] = [tf.ones([2, 8, 8, 16]), tf.ones([3, 3, 16, 32])];
    const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');
    expect(await count(() => convolve(x, filter))).toBeCloseTo(2 * products * billionths, 15);
    const gradients = () => tf.grads(convolve)([x, filter]);
    expect(await count(gradients)).toBeCloseTo(3 * 2 * products * billionths, 15);
    tf.dispose([x, filter]);
  });

  test('products of matrices, transposed and in batches', async () => {
    const multiply = () => tf.matMul(tf.ones([4, 7, 5]), tf.ones([4, 7, 6]), true);
    expect(await count(multiply)).toBeCloseTo(2 * 4 * 5 * 6 * 7 * billionths, 15);
  });

  test('diversification: three products of each pair of maps, six in the gradient', async () => {
    const maps = [tf.ones([2, 4, 4, 8]), tf.ones([2, 2, 2, 8]), tf.ones([2, 1, 1, 8])];
    const pairs = 2 * 8 * (16 * 4 + 16 + 4);
    expect(await count(() => diversify(maps))).toBeCloseTo(3 * 2 * pairs * billionths, 15);
    const loss = (...maps: tf.Tensor[]) => tf.addN(diversify(maps).map((map) => tf.sum(map)));
    const gradients = () => tf.grads(loss as (...maps: tf.Tensor[]) => tf.Scalar)(maps);
    expect(await count(gradients)).toBeCloseTo(9 * 2 * pairs * billionths, 15);
    tf.dispose(maps);
  });

  test('leaves the kernels as they were', async () => {
    const before = tf.getKernel('BatchMatMul', 'wasm');
    await count(() => tf.matMul(tf.ones([1, 1]), tf.ones([1, 1])));
    expect(tf.getKernel('BatchMatMul', 'wasm')?.kernelFunc).toBe(before?.kernelFunc);
  });
});
