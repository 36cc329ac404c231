import { clone, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Makes a kept tensor belong to the surrounding scope: how what a `customGrad` computes beside its
 * one value leaves it. Made inside of it, that is off the tape.
 */
export function handOver<T extends Tensor>(kept: T): T {
  const tensor = clone(kept);
  kept.dispose();
  return tensor;
}
