import { diversify } from '@fbsd/fdm';
import * as tf from '@tensorflow/tfjs-core';
import { random } from './reference.ts';

/** Shapes of maps: single positions, odd channels, more than one tile, two to four maps. */
export const cases = [
  [
    [2, 4, 4, 8],
    [2, 2, 2, 8],
  ],
  [
    [3, 5, 7, 5],
    [3, 3, 2, 5],
    [3, 2, 1, 5],
  ],
  [
    [1, 1, 9],
    [1, 11, 9],
    [1, 6, 9],
  ],
  [
    [2, 9, 9, 33],
    [2, 5, 5, 33],
    [2, 3, 3, 33],
    [2, 1, 1, 33],
  ],
  [
    [2, 6, 12, 12],
    [2, 4, 6, 12],
  ],
];

/** What {@link diversify} makes of maps of these shapes, and its gradients: what is added is as large as the maps. */
export const valuesAndGradients = (shapes: readonly number[][]) => {
  const apply = (...maps: tf.Tensor[]) => diversify(maps, { gamma: 0.7, scale: 1 });
  const maps = shapes.map((shape, i) => random(`map ${i}`, shape));
  const dz = shapes.map((shape, i) => random(`dz ${i}`, shape));
  const loss = (...inputs: tf.Tensor[]) =>
    tf.addN(apply(...inputs).map((z, i) => tf.sum(tf.mul(z, dz[i] as tf.Tensor)))) as tf.Scalar;
  return [...apply(...maps), ...tf.grads(loss)(maps)];
};

/** What is diversified, and its gradient, where a ReLU left zeros at some positions. */
export function positionOfZeros(): tf.Tensor[] {
  const a = tf.concat([tf.zeros([1, 2, 4]), random('a', [1, 3, 4])], 1);
  const b = random('b', [1, 2, 4]);
  const dz = random('dz', [1, 5, 4]);
  const loss = (x: tf.Tensor) => tf.sum(tf.mul(diversify([x, b])[0] as tf.Tensor, dz));
  const behindRelu = tf.grad((x: tf.Tensor) => loss(tf.relu(x)) as tf.Scalar)(a);
  return [...diversify([a, b]), behindRelu];
}

/** The gradients of the sum of squares of what is diversified. */
export function gradientsOf(maps: tf.Tensor[]): tf.Tensor[] {
  const loss = (...inputs: tf.Tensor[]) =>
    tf.addN(diversify(inputs).map((z) => tf.sum(tf.square(z)))) as tf.Scalar;
  return tf.grads(loss)(maps);
}
