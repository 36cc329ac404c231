import {
  addN,
  reshape,
  Sum,
  type SumAttrs,
  slice,
  sum as sumOf,
  type Tensor,
  tidy,
  util,
  zeros,
} from '@tensorflow/tfjs-core';
import { replacement } from '../../../registry/define-kernels.ts';

/** How many values are added one after the other. */
const BLOCK = 2048;

/**
 * Sums of everything in blocks, for the stock kernel adds one value after the other, so that of millions three digits
 * are right; and sums of nothing, which it does not write.
 */
export const sum = replacement<{ x: Tensor }, SumAttrs & { keepDims: boolean }>(
  Sum,
  ({ inputs: { x }, attrs: { axis, keepDims }, stock }) => {
    const axes = util.parseAxisParam(axis, x.shape);
    const shape = keepDims
      ? x.shape.map((size, i) => (axes.includes(i) ? 1 : size))
      : x.shape.filter((_, i) => !axes.includes(i));
    if (x.size === 0) return zeros(shape, x.dtype);
    if (x.dtype !== 'float32' || axes.length < x.rank || x.size <= BLOCK) return stock();
    const whole = Math.floor(x.size / BLOCK) * BLOCK;
    return tidy(() => {
      const values = reshape(x, [x.size]);
      const blocks = sumOf(reshape(slice(values, 0, whole), [-1, BLOCK]), 1);
      const rest = whole < x.size ? [sumOf(slice(values, whole))] : [];
      return reshape(addN([sumOf(blocks), ...rest]), shape);
    });
  },
);
