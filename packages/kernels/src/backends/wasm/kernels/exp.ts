import { Exp, type ExpInputs, util } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';

/** eˣ by a polynomial, four at a time; the stock kernel calls the C library for each value. */
export const exp = replacement<ExpInputs>(Exp, (module, { inputs: { x }, stock }) => {
  if (x.dtype !== 'float32') return stock();
  const y = module.output(x.shape);
  const [from, to] = [module.address(x), module.address(y)];
  const work = { items: util.sizeFromShape(x.shape), cost: 12, step: 4 };
  module.parallel('exponential', work, (first, last) => [from, to, first, last]);
  return y;
});
