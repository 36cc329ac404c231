import { Add, type AddInputs, util } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';
import { elementwise } from './elementwise.ts';

/** a + b of the same shape on all threads, as gradients that meet are; the stock kernel has one. */
export const add = replacement<AddInputs>(Add, (module, { inputs: { a, b }, stock }) => {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock();
  if (!util.arraysEqual(a.shape, b.shape)) return stock();
  return elementwise(module, 'addValues', [a, b]);
});
