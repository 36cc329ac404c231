import { dispose, memory, type TensorContainer } from '@tensorflow/tfjs-core';

/**
 * Asserts that `f` leaves no tensor behind but those it returns, which are disposed here.
 *
 * @param f run twice: the first run may create what is meant to stay (weights, cached constants)
 */
export function expectNoLeak(f: () => TensorContainer): void {
  dispose(f());
  const before = memory().numTensors;
  dispose(f());
  const left = memory().numTensors - before;
  if (left !== 0) throw new Error(`expectNoLeak: ${left} tensors were left behind`);
}
