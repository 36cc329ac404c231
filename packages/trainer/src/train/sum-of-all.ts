import {
  concat,
  reshape,
  type Scalar,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';

/**
 * The sum of all values of some float32 tensors. It is NaN or infinite as soon as one value is, or where values are
 * too large to be added up: the one number that tells if a model, or a gradient, is still worth something.
 *
 * Comparisons would not do: they are false for NaN, and activations, poolings and maxima may let a NaN vanish.
 */
export function sumOfAll(tensors: readonly Tensor[]): Scalar {
  return tidy(() => sum(concat(tensors.map(channelSums)) as Tensor1D));
}

/** Over all axes but the last: many sums side by side, on wasm four at a time and on all threads. */
function channelSums(x: Tensor): Tensor1D {
  const channels = x.shape.at(-1) ?? 1;
  return x.size === channels ? reshape(x, [channels]) : sum(reshape(x, [-1, channels]), 0);
}
