import { add, mul, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { tryFusedKernel } from '../registry/run-fused-kernel.ts';

const DEFAULTS = { momentum: 0.1 } as const;

/** The statistics of batch normalisation in evaluation, one value per channel. */
export interface MovingStatistics {
  /** Means, [C]. */
  mean: Tensor1D;
  /** Variances, [C]. */
  variance: Tensor1D;
}

/** How {@link updateMovingStatistics} takes in a batch. */
export interface MovingStatisticsUpdate {
  /** How many values each batch statistic was taken over: all sizes of x but the last, multiplied. */
  count: number;
  /** Weight of the batch (PyTorch's convention; Keras's momentum is 1 minus it). @default 0.1 */
  momentum?: number;
}

/**
 * The moving statistics after one more batch, by PyTorch's rule:
 *
 * new = (1 − momentum)·old + momentum·batch,
 *
 * where the batch's variance is made unbiased first: variance·n/(n − 1), n = `count`.
 *
 * @param moving the moving statistics so far; not disposed
 * @param batch mean and biased variance of the batch, as `batchNorm` returns them; not disposed
 * @returns two new tensors
 * @throws RangeError if count is below 2, for which there is no unbiased variance: one image, and one position of it
 */
export function updateMovingStatistics(
  moving: MovingStatistics,
  batch: MovingStatistics,
  { count, momentum = DEFAULTS.momentum }: MovingStatisticsUpdate,
): MovingStatistics {
  if (!(count >= 2)) {
    throw new RangeError(
      `[@fbsd/kernels] updateMovingStatistics: the unbiased variance needs at least 2 values per channel; ` +
        `got count=${count}. Use a larger batch or a larger input. In the middle of training it is a batch of one image: ` +
        'the last one of an epoch is what remains of the images. Choose a batchSize that leaves none or at least 2 ' +
        '(model.fit takes 32 by default), or leave one image out.',
    );
  }
  const unbiased = (momentum * count) / (count - 1);
  const fused = tryFusedKernel(
    'FbsdMovingStatistics',
    { ...moving, batchMean: batch.mean, batchVariance: batch.variance },
    { momentum, unbiased },
  );
  if (fused) return { mean: fused[0], variance: fused[1] };
  return tidy(() => {
    const blend = (old: Tensor1D, now: Tensor1D, weight: number): Tensor1D =>
      add(mul(old, 1 - momentum), mul(now, weight));
    return {
      mean: blend(moving.mean, batch.mean, momentum),
      variance: blend(moving.variance, batch.variance, unbiased),
    };
  });
}
