import { expectNoLeak } from '@fbsd/testing';
import { topKMean } from '@fbsd/topk-pool';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { type Acceleration, accelerate } from '../../../src/index.ts';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import {
  gradientsOfEqualValues,
  cases as topKCases,
  valueAndGradient,
} from '../../support/top-k-cases.ts';
import { guardKernels } from '../../support/wasm.ts';

describe('topKMean of @fbsd/topk-pool on accelerated wasm', () => {
  let acceleration: Acceleration;
  beforeAll(async () => {
    await tf.setBackend('wasm');
    acceleration = accelerate();
  });
  afterAll(() => acceleration.restore());
  guardKernels();

  test('runs our kernels', () => {
    expect(acceleration.kernels).toEqual(
      expect.arrayContaining(['FbsdTopKMean', 'FbsdTopKMeanGradient']),
    );
  });

  test.each(topKCases)('value and gradient of $shape, k = $k', async (c) => {
    await expectAsOnCpu(() => valueAndGradient(c));
  });

  test('of equal values the first positions are taken', async () => {
    await expectAsOnCpu(gradientsOfEqualValues);
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
