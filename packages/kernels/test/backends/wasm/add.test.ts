import * as tf from '@tensorflow/tfjs-core';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { describeWasm } from '../../support/wasm.ts';

describeWasm(() => {
  describe('add', () => {
    test.each([
      { of: 'the same shape', a: [3, 5, 7], b: [3, 5, 7] },
      { of: 'many values, on threads', a: [40, 50, 101], b: [40, 50, 101] },
      { of: 'a row and another', a: [1, 3], b: [3] },
      { of: 'a map and channels', a: [2, 4, 4, 3], b: [3] },
    ])('$of', async ({ a, b }) => {
      await expectAsOnCpu(() => {
        const [x, y] = [random('a', a), random('b', b)];
        const dy = random('dy', tf.add(x, y).shape);
        return [tf.add(x, y), ...tf.grads((x, y) => tf.add(x, y))([x, y], dy)];
      });
    });
    test('a tensor and itself, integers, and an integer and a float', async () => {
      await expectAsOnCpu(() => {
        const x = random('x', [9]);
        const integers = tf.tensor1d([1, -2, 2 ** 30], 'int32');
        return [tf.add(x, x), tf.add(integers, integers), tf.add(integers, tf.ones([3]))];
      });
    });
    test('refuses as many values in another shape', () => {
      expect(() => tf.tidy(() => tf.add(tf.ones([2, 3]), tf.ones([3, 2])))).toThrow(/broadcast/);
    });
  });
});
