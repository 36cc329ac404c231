import { Add, type AddInputs, util } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';

/** a + b of the same shape on all threads, as gradients that meet are; the stock kernel has one. */
export const add = replacement<AddInputs>(Add, (module, { inputs: { a, b }, stock }) => {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock();
  if (!util.arraysEqual(a.shape, b.shape)) return stock();
  const sum = module.output(a.shape);
  const addresses = [a, b, sum].map((t) => module.address(t));
  const work = { items: util.sizeFromShape(a.shape), cost: 4, step: 4 };
  module.parallel('addValues', work, (first, last) => [...addresses, first, last]);
  return sum;
});
