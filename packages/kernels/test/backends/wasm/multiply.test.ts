import * as tf from '@tensorflow/tfjs-core';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { describeWasm } from '../../support/wasm.ts';

describeWasm(() => {
  describe('multiply', () => {
    test.each([
      { of: 'a map and a factor for each position', a: [2, 5, 7, 13], b: [2, 5, 7, 1] },
      { of: 'many positions, on threads', a: [3, 40, 50, 33], b: [3, 40, 50, 1] },
      { of: 'a factor for each line', a: [2, 5, 7, 13], b: [2, 5, 1, 1] },
      { of: 'a factor for each column', a: [2, 5, 7, 13], b: [2, 1, 7, 1] },
      { of: 'a column of all images', a: [2, 5, 7, 13], b: [7, 1] },
      { of: 'a factor for each image, first', a: [2, 1, 1, 1], b: [2, 5, 7, 13] },
      { of: 'rows', a: [6, 9], b: [6, 1] },
      { of: 'one factor', a: [3, 4, 5], b: [1] },
      { of: 'a scalar', a: [3, 4, 5], b: [] },
      { of: 'the same shape', a: [3, 4, 5], b: [3, 4, 5] },
      { of: 'a factor for each channel', a: [3, 4, 5], b: [5] },
      { of: 'shapes that both grow', a: [1, 4, 5, 6], b: [3, 4, 1, 1] },
      { of: 'more axes', a: [2, 3, 2, 3, 4], b: [2, 3, 2, 3, 1] },
      { of: 'factors alone', a: [4, 1], b: [1, 1] },
    ])('$of', async ({ a, b }) => {
      await expectAsOnCpu(() => {
        const [x, y] = [random('a', a), random('b', b)];
        const dy = random('dy', tf.mul(x, y).shape);
        return [tf.mul(x, y), ...tf.grads((x, y) => tf.mul(x, y))([x, y], dy)];
      });
    });
    test('integers, and no values', async () => {
      await expectAsOnCpu(() => [
        tf.mul(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), tf.tensor2d([2, 3], [2, 1], 'int32')),
      ]);
      tf.tidy(() => {
        expect(tf.mul(tf.zeros([0, 4]), tf.zeros([0, 1])).shape).toEqual([0, 4]);
        expect(tf.mul(tf.zeros([4, 0]), tf.zeros([4, 1])).shape).toEqual([4, 0]);
      });
    });
  });

  describe('scalar products as products of matrices', () => {
    test.each([
      { a: [6, 1, 37], b: [6, 37, 1], transposed: [false, false] },
      { a: [400, 1, 515], b: [400, 1, 515], transposed: [false, true] },
      { a: [6, 37, 1], b: [6, 37, 1], transposed: [true, false] },
      { a: [1, 37], b: [37, 1], transposed: [false, false] },
      { a: [1, 1, 37], b: [5, 37, 1], transposed: [false, false] },
    ] as const)('$a · $b', async ({ a, b, transposed: [ofA, ofB] }) => {
      await expectAsOnCpu(() => [tf.matMul(random('a', [...a]), random('b', [...b]), ofA, ofB)]);
    });
  });
});
