import { Exp, type ExpInputs } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';
import { elementwise } from './elementwise.ts';

/** eˣ by a polynomial, four at a time; the stock kernel calls the C library for each value. */
export const exp = replacement<ExpInputs>(Exp, (module, { inputs: { x }, stock }) => {
  if (x.dtype !== 'float32') return stock();
  return elementwise(module, 'exponential', [x], { cost: 12 });
});
