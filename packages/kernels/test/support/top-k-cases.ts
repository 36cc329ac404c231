import { topKMean } from '@fbsd/topk-pool';
import * as tf from '@tensorflow/tfjs-core';
import { random } from './reference.ts';

/** Even and odd shapes, few and many positions and channels. */
export const cases = [
  { shape: [2, 3, 4, 8], k: 5 },
  { shape: [3, 7, 5, 13], k: 5 },
  { shape: [1, 6, 6, 1], k: 3 },
  { shape: [2, 4, 2], k: 4 },
  { shape: [5, 30, 3], k: 1 },
  { shape: [2, 40, 40, 6], k: 17 },
  { shape: [1, 160, 3], k: 100 },
];

export function valueAndGradient({ shape, k }: (typeof cases)[number]): tf.Tensor[] {
  const apply = (x: tf.Tensor) => topKMean(x, { k });
  const x = random('x', shape);
  const y = apply(x);
  return [y, tf.grad(apply)(x, random('dy', y.shape))];
}

/** Gradients where k cuts through values that are equal: the first positions get them. */
export function gradientsOfEqualValues(): tf.Tensor[] {
  const column = [1, 3, 2, 3, 3, 2, 0, 3, 2];
  const x = tf.tensor3d([column, [...column].reverse()].flat(), [2, 9, 1]);
  return [2, 3, 5, 6].map((k) =>
    tf.grad((input) => topKMean(input, { k }))(x, tf.tensor2d([6, 12], [2, 1])),
  );
}
