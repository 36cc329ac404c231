import { clone, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Moves a kept tensor to the surrounding scope, whose end disposes it. So a `customGrad` returns tensors beside
 * its one value: they are made and kept inside of it, off the tape, and moved outside.
 */
export function moveToScope<T extends Tensor>(kept: T): T {
  const tensor = clone(kept);
  kept.dispose();
  return tensor;
}
