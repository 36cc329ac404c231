import { Relu, type ReluInputs } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';
import { elementwise } from './elementwise.ts';

/** max(x, 0) on all threads: x where x itself is not 0 or less. The stock kernel has one thread. */
export const relu = replacement<ReluInputs>(Relu, (module, { inputs: { x }, stock }) => {
  if (x.dtype !== 'float32') return stock();
  return elementwise(module, 'reluGradient', [x, x]);
});
