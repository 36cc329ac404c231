import { expectNoLeak } from '@fbsd/testing';
import { topKMean } from '@fbsd/topk-pool';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { type Acceleration, accelerate } from '../src/index.ts';
import { expectAsOnCpu, random } from './reference.ts';

describe('topKMean of @fbsd/topk-pool on accelerated wasm', () => {
  let acceleration: Acceleration;
  beforeAll(async () => {
    await tf.setBackend('wasm');
    acceleration = accelerate();
  });
  afterAll(() => acceleration.restore());

  test('runs our kernels', () => {
    expect(acceleration.kernels).toEqual(
      expect.arrayContaining(['FbsdTopKMean', 'FbsdTopKMeanGradient']),
    );
  });

  test.each([
    { shape: [2, 3, 4, 8], k: 5 },
    { shape: [3, 7, 5, 13], k: 5 },
    { shape: [1, 6, 6, 1], k: 3 },
    { shape: [2, 4, 2], k: 4 },
    { shape: [5, 30, 3], k: 1 },
    { shape: [2, 40, 40, 6], k: 17 },
  ])('value and gradient of $shape, k = $k, equal those of cpu', async ({ shape, k }) => {
    await expectAsOnCpu(() => {
      const apply = (x: tf.Tensor) => topKMean(x, { k });
      const x = random('x', shape);
      const y = apply(x);
      return [y, tf.grad(apply)(x, random('dy', y.shape))];
    });
  });

  test('of equal values the first positions are taken', async () => {
    const column = [1, 3, 2, 3, 3, 2, 0, 3, 2];
    await expectAsOnCpu(() => {
      const x = tf.tensor3d([column, [...column].reverse()].flat(), [2, 9, 1]);
      return [2, 3, 5, 6].map((k) =>
        tf.grad((input) => topKMean(input, { k }))(x, tf.tensor2d([6, 12], [2, 1])),
      );
    });
  });

  test('largest values in a row that rises, falls or is constant', async () => {
    await expectAsOnCpu(() => {
      const rising = tf.range(-20, 20);
      const rows = [rising, tf.reverse(rising), tf.fill([40], -1e30)];
      const x = tf.reshape(tf.stack(rows, -1), [1, 40, 3]);
      return [
        topKMean(x, { k: 4 }),
        tf.grad((input) => topKMean(input, { k: 4 }))(x, tf.ones([1, 3])),
      ];
    });
  });

  test('leaves no tensor behind', () => {
    const x = random('x', [2, 5, 5, 8]);
    expectNoLeak(() => tf.grad((input) => topKMean(input))(x));
    x.dispose();
  });
});
