import { type SgdOptions, type SgdParameter, sgdStep } from '@fbsd/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { random } from './reference.ts';

/** Even and odd sizes, more than any adapter binds at once, options of their own: in an order of no help. */
export const shapes = [[4], [1], [3, 5, 2], [1024], [4099], [2, 2], [64, 17], [8], [7], [12], [5]];
export const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };

/** Pseudo-random parameters of these shapes, every other one with a learning rate of its own. */
export function parameters(shapes: readonly number[][]): SgdParameter[] {
  return shapes.map((shape, i) => ({
    weight: tf.tidy(() => tf.variable(random(`w${i}`, shape))),
    velocity: tf.tidy(() => tf.variable(random(`v${i}`, shape), false)),
    gradient: random(`g${i}`, shape),
    ...(i % 2 === 1 && { learningRate: 0.02 * i }),
  }));
}

/** The weights and velocities after two steps. */
export function afterTwoSteps(shapes: readonly number[][], options: SgdOptions): tf.Tensor[] {
  const moving = parameters(shapes);
  sgdStep(moving, options);
  sgdStep(moving, options);
  const after = moving.flatMap(({ weight, velocity }) => [tf.clone(weight), tf.clone(velocity)]);
  dispose(moving);
  return after;
}

export function dispose(parameters: readonly SgdParameter[]): void {
  for (const { weight, velocity, gradient } of parameters) tf.dispose([weight, velocity, gradient]);
}
