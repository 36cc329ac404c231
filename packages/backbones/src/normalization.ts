import { type MovingStatistics, updateMovingStatistics } from '@fbsd/kernels';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { shown } from './known-options.ts';

/** The names of {@link NormalizationArgs}. */
export const NORMALIZATION_OPTIONS = ['epsilon', 'momentum'] as const;

const DEFAULTS = { epsilon: 1e-5, momentum: 0.1 } as const;

/** The arguments that all layers with batch normalisation take. */
export interface NormalizationArgs {
  /** Added to the variance. @default 1e-5 */
  epsilon?: number;
  /** Weight of the batch in the running statistics: new = (1−m)·old + m·batch. @default 0.1 */
  momentum?: number;
}

/**
 * The arguments with their defaults.
 *
 * @throws RangeError for a momentum outside of [0, 1], an epsilon that is not positive
 */
export function checkNormalization(
  where: string,
  args: NormalizationArgs,
): Required<NormalizationArgs> {
  const { epsilon = DEFAULTS.epsilon, momentum = DEFAULTS.momentum } = args;
  if (!(typeof epsilon === 'number' && epsilon > 0)) {
    throw new RangeError(`${where}: epsilon must be above 0; got ${shown(epsilon)}.`);
  }
  if (!(typeof momentum === 'number' && momentum >= 0 && momentum <= 1)) {
    throw new RangeError(`${where}: momentum must be from 0 to 1; got ${shown(momentum)}.`);
  }
  return { epsilon, momentum };
}

/** The running statistics of a layer: weights that training moves and evaluation reads. */
export interface RunningStatistics {
  movingMean: LayerVariable;
  movingVariance: LayerVariable;
}

/** Moves them towards those of a batch that were taken over `count` values each. */
export function moveStatistics(
  { movingMean, movingVariance }: RunningStatistics,
  batch: MovingStatistics,
  { momentum, count }: { momentum: number; count: number },
): void {
  const moving = {
    mean: movingMean.read() as Tensor1D,
    variance: movingVariance.read() as Tensor1D,
  };
  const moved = updateMovingStatistics(moving, batch, { momentum, count });
  movingMean.write(moved.mean);
  movingVariance.write(moved.variance);
}
