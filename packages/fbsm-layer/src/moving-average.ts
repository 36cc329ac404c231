import {
  add,
  mul,
  reshape,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
} from '@tensorflow/tfjs-core';

/**
 * The running value after k successive updates r ← (1−m)·r + m·v_i, first value first, in one go:
 * (1−m)^k·r + Σ_i m·(1−m)^(k−1−i)·v_i.
 *
 * @param running r [1]
 * @param values v [k]
 * @param momentum m
 */
export function movingAverage(running: Tensor, values: Tensor1D, momentum: number): Tensor1D {
  const count = values.size;
  const keep = 1 - momentum;
  const shares = Array.from({ length: count }, (_, i) => momentum * keep ** (count - 1 - i));
  const added = reshape(sum(mul(values, tensor1d(shares))), [1]);
  return add(mul(running, keep ** count), added);
}
