import { sumOfAll } from '@fbsd/kernels';
import * as tf from '@tensorflow/tfjs-core';

async function sumOf(tensors: tf.Tensor[]): Promise<number> {
  const sum = sumOfAll(tensors);
  const [value] = await sum.data();
  tf.dispose([...tensors, sum]);
  return value as number;
}

/** Tests of the sum on the current backend. */
export function testSumOfAll(): void {
  test('of tensors of any shapes', async () => {
    expect(await sumOf([tf.ones([4, 2]), tf.range(0, 5)])).toBe(18);
    expect(await sumOf([tf.scalar(3)])).toBe(3);
    // More than a workgroup, a dispatch, and the sums of workgroups of one.
    const many = Array.from({ length: 45 }, (_, i) => tf.fill([i + 1, 4 + (i % 5)], 1));
    const values = many.reduce((total, { size }) => total + size, 0);
    expect(await sumOf([...many, tf.ones([1000, 1001]), tf.ones([9001])])).toBe(
      values + 1_001_000 + 9001,
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'one %d among many values, wherever it stands, is in it',
    async (value) => {
      for (const shape of [[], [7], [5, 1], [3, 3, 4, 6], [4096], [4097], [3, 4096]]) {
        const size = shape.reduce((a, b) => a * b, 1);
        for (const place of new Set([0, size >> 1, size - 1])) {
          const values = Float32Array.from({ length: size }, (_, i) => (i === place ? value : i));
          expect(await sumOf([tf.ones([4, 2]), tf.tensor(values, shape)])).toBe(value);
        }
      }
    },
  );

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await sumOf([tf.ones([4, 2]), tf.ones([3])]);
    expect(tf.memory().numTensors).toBe(before);
  });
}
