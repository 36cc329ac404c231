import { describeBackends } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { byImages, imagesAtOnce } from '../src/images.ts';

describeBackends('images', (backend) => {
  test.each([1, 2, 5, 9])('%i at once give the same as all', (size) => {
    tf.tidy(() => {
      const [a, b] = [tf.range(0, 15), tf.range(0, 10)];
      const inputs = [tf.reshape(a, [5, 3]), tf.reshape(b, [5, 2])];
      const sizes: number[] = [];
      const [sum, twice] = byImages(inputs, size, ([x, y]) => {
        sizes.push((x as tf.Tensor).shape[0] as number);
        return [tf.sum(x as tf.Tensor, 1), tf.mul(y as tf.Tensor, 2)];
      }) as [tf.Tensor, tf.Tensor];
      expect(Array.from(sum.dataSync())).toEqual([3, 12, 21, 30, 39]);
      expect(twice.shape).toEqual([5, 2]);
      expect(Array.from(twice.dataSync())).toEqual(Array.from(tf.mul(b, 2).dataSync()));
      expect(Math.max(...sizes)).toBe(Math.min(size, 5));
    });
  });
  test('their matrices stay within 64 MiB, and wasm takes one at once', () => {
    const maps = [56, 28, 14].map((size) => ({ shape: [20, size, size, 1024] }));
    const bytes = 3136 * 784 * 4;
    const images = backend === 'wasm' ? 1 : Math.floor((64 * 1024 * 1024) / bytes);
    expect(imagesAtOnce(maps)).toBe(images);
    expect(imagesAtOnce([...maps].reverse())).toBe(images);
    expect(imagesAtOnce(Array(2).fill({ shape: [1, 8000, 1] }))).toBe(1);
  });
});
