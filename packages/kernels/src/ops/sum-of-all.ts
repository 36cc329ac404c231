import {
  concat,
  reshape,
  type Scalar,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';
import { tryFusedKernel } from '../registry/run-fused-kernel.ts';

/**
 * The sum of all values of some tensors: NaN or infinite as soon as one value is, or where values are too large to be
 * added up. One number, read with the others of a step, tells so if gradients are still worth something; comparisons
 * would not do, which are false for NaN.
 *
 * On WebGPU a dispatch adds up as many tensors as the GPU binds buffers.
 *
 * @param tensors float32, of any shapes; at least one
 */
export function sumOfAll(tensors: readonly Tensor[]): Scalar {
  const [fused] = tryFusedKernel('FbsdSumOfAll', tensors, {}) ?? [];
  return fused ?? tidy(() => sum(concat(tensors.map(channelSums)) as Tensor1D));
}

/** Over all axes but the last: many sums side by side, on wasm four at a time and on all threads. */
function channelSums(x: Tensor): Tensor1D {
  const channels = x.shape.at(-1) ?? 1;
  return x.size === channels ? reshape(x, [channels]) : sum(reshape(x, [-1, channels]), 0);
}
