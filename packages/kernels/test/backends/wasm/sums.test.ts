import * as tf from '@tensorflow/tfjs-core';
import { accelerate } from '../../../src/index.ts';
import { random } from '../../support/reference.ts';
import { describeWasm, guardKernels } from '../../support/wasm.ts';

/** The largest relative difference to the sums of every `step`-th value, in double precision. */
function worst(actual: tf.Tensor, values: Float32Array, step: number): number {
  const sums = new Float64Array(step);
  values.forEach((value, i) => {
    sums[i % step] = (sums[i % step] as number) + value;
  });
  const results = actual.dataSync();
  expect(results.length).toBe(step);
  return Math.max(...sums.map((sum, i) => Math.abs((results[i] as number) / sum - 1)));
}

describeWasm(() => {
  test('squares of millions of values add up to five digits and more', () => {
    tf.tidy(() => {
      const squares = tf.square(random('gradients', [3_000_001]));
      const values = squares.dataSync<'float32'>();
      expect(worst(tf.sum(squares), values, 1)).toBeLessThan(3e-6);
      expect(worst(tf.mul(tf.mean(squares), values.length), values, 1)).toBeLessThan(3e-6);
    });
  });
});

describe('accelerated', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    accelerate();
  });
  afterAll(() => accelerate().restore());
  guardKernels();

  test.each([3, 1100])('so do they by columns, %d of them', (columns) => {
    tf.tidy(() => {
      const rows = Math.floor(3_000_000 / columns);
      const squares = tf.square(random('gradients', [rows, columns]));
      const values = squares.dataSync<'float32'>();
      expect(worst(tf.sum(squares, 0), values, columns)).toBeLessThan(1e-6);
    });
  });

  test('and by rows', () => {
    tf.tidy(() => {
      const squares = tf.square(random('gradients', [3, 1_000_001]));
      const values = tf.transpose(squares).dataSync<'float32'>();
      expect(worst(tf.sum(squares, 1), values, 3)).toBeLessThan(1e-6);
    });
  });
});
