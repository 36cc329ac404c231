import {
  add,
  concat,
  div,
  mul,
  slice,
  squaredDifference,
  sub,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  unstack,
} from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from '../registry/run-fused-kernel.ts';
import type { BatchNormGradient } from './batch-norm-fallback.ts';
import { firstOrder } from './first-order.ts';

/*
 * Batch normalisation of a process's share of a batch by the statistics of the whole batch. What processes exchange are
 * sums of a few values for each channel; docs/derivations/batch-norm.md derives which.
 */

/** Whether processes share batches at the moment; see `synchronizeBatchNorms`. */
export function isShared(): boolean {
  return hasFusedKernel('FbsdAllReduceSum');
}

/** Mean and biased variance of the whole batch, and how many values of each channel it has. */
export interface Statistics {
  mean: Tensor1D;
  variance: Tensor1D;
  count: number;
}

/**
 * The statistics of the whole batch. Each process first gets the common mean, then adds up squared deviations from it, so
 * that a large mean costs no precision.
 *
 * @param moments mean and biased variance of this process's share, [2,C]
 */
export function statistics(x: Tensor, moments: Tensor): Statistics {
  const images = x.shape[0] as number;
  const channels = x.shape.at(-1) as number;
  let all = 0;
  const [mean, variance] = tidy(() => {
    const [ownMean, ownVariance] = unstack(moments) as [Tensor1D, Tensor1D];
    const sums = allReduceSum(concat([mul(ownMean, images), tensor1d([images])]));
    const count = slice(sums, channels, 1);
    all = count.dataSync()[0] as number;
    const mean = div(slice(sums, 0, channels), count) as Tensor1D;
    const deviations = mul(add(ownVariance, squaredDifference(ownMean, mean)), images);
    return [mean, div(allReduceSum(deviations), count) as Tensor1D];
  });
  moments.dispose();
  return { mean, variance, count: all * positions(x) };
}

/**
 * The gradient where the statistics are those of the whole batch, from the one where they are given: each value of x moves
 * them, by dmean/n and by 2·dvariance·(x − mean)/n, of all processes.
 *
 * @param given the gradients of x, mean, variance, γ, β and, if there is one, the residual
 * @param affine computes scale·x + shift + dx
 */
export function throughStatistics(
  x: Tensor,
  mean: Tensor1D,
  given: readonly Tensor[],
  affine: (scale: Tensor1D, shift: Tensor1D, dx: Tensor) => Tensor,
): BatchNormGradient {
  return tidy(() => {
    const [dx, dmean, dvariance, dgamma, dbeta, dresidual] = given as [
      ...[Tensor, Tensor1D, Tensor1D, Tensor1D, Tensor1D],
      Tensor?,
    ];
    const channels = dmean.size;
    const sums = allReduceSum(concat([dmean, dvariance, tensor1d([x.shape[0] as number])]));
    const n = mul(slice(sums, 2 * channels, 1), positions(x));
    const scale = div(slice(sums, channels, channels), mul(n, 0.5)) as Tensor1D;
    const shift = sub(div(slice(sums, 0, channels), n), mul(scale, mean)) as Tensor1D;
    const whole = affine(scale, shift, dx);
    for (const tensor of [dx, dmean, dvariance]) tensor.dispose();
    const gradients = [whole, dgamma, dbeta, ...(dresidual ? [dresidual] : [])];
    const [ofX, ofGamma, ofBeta, ofResidual] = firstOrder('[@fbsd/kernels] batchNorm', gradients);
    return {
      x: ofX as Tensor,
      gamma: ofGamma as Tensor1D,
      beta: ofBeta as Tensor1D,
      ...(ofResidual && { residual: ofResidual }),
    };
  });
}

function allReduceSum(x: Tensor): Tensor1D {
  const [sum] = runFusedKernel('FbsdAllReduceSum', { x }, {});
  return sum as Tensor1D;
}

/** How many values of each channel an image has. */
function positions({ size, shape }: Tensor): number {
  return size / (shape[0] as number) / (shape.at(-1) as number);
}
