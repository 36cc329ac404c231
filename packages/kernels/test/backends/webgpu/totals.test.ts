import * as tf from '@tensorflow/tfjs-core';
import { random } from '../../support/reference.ts';
import { describeWebGPU } from '../../support/webgpu.ts';

describeWebGPU('sums of all values', () => {
  test.each([4097, 3_000_000, 17_000_003])(
    'of %d squares are right to six digits',
    async (size) => {
      const squares = tf.square(random('gradients', [size]));
      const values = await squares.data<'float32'>();
      const exact = values.reduce((sum, value) => sum + value, 0);
      const [sum, mean] = [tf.sum(squares), tf.mean(squares)];
      const [ofAll] = await sum.data();
      const [average] = await mean.data();
      expect(Math.abs((ofAll as number) / exact - 1)).toBeLessThan(1e-6);
      expect(Math.abs(((average as number) * size) / exact - 1)).toBeLessThan(1e-6);
      tf.dispose([squares, sum, mean]);
    },
  );

  test('have the shape that is asked for', async () => {
    const x = random('x', [70, 80]);
    const [kept, scalar] = [tf.sum(x, undefined, true), tf.sum(x, [0, 1])];
    expect(kept.shape).toEqual([1, 1]);
    expect(scalar.shape).toEqual([]);
    expect(await kept.data()).toEqual(await scalar.data());
    tf.dispose([x, kept, scalar]);
  });
});
