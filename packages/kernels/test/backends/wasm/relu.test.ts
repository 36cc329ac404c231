import * as tf from '@tensorflow/tfjs-core';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { describeWasm } from '../../support/wasm.ts';

describeWasm(() => {
  describe('relu', () => {
    test.each([
      { of: 'rows that no vector fills', shape: [3, 5, 7] },
      { of: 'many values, on threads', shape: [40, 50, 101] },
    ])('$of', async ({ shape }) => {
      await expectAsOnCpu(() => {
        const x = random('x', shape);
        return [tf.relu(x), tf.grad((x) => tf.relu(x))(x, random('dy', shape))];
      });
    });
    test.each<{ of: string; x: () => tf.Tensor; y: number[] }>([
      { of: 'a scalar', x: () => tf.scalar(-2), y: [0] },
      { of: 'no values', x: () => tf.zeros([0, 3]), y: [] },
      { of: 'integers', x: () => tf.tensor1d([-3, 0, 2 ** 30], 'int32'), y: [0, 0, 2 ** 30] },
      {
        of: 'what is no number, and infinities',
        x: () => tf.tensor1d([Number.NaN, -Infinity, Infinity, 3, -3]),
        y: [Number.NaN, 0, Infinity, 3, 0],
      },
    ])('$of', ({ x, y }) => {
      tf.tidy(() => {
        const given = x();
        const before = Array.from(given.dataSync());
        expect(Array.from(tf.relu(given).dataSync())).toEqual(y);
        expect(Array.from(given.dataSync())).toEqual(before);
      });
    });
  });
});
