import { normalizedConv2d, normalizedConv2dInference } from '@fbsd/kernels';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { moveStatistics, type NormalizationArgs, type RunningStatistics } from './normalization.ts';

/** The weights of batch norm, ReLU and a convolution. */
export interface NormalizedConvolution extends RunningStatistics {
  gamma: LayerVariable;
  beta: LayerVariable;
  kernel: LayerVariable;
}

/** Applies them to all maps together: [B,H,W,C₁], [B,H,W,C₂], … → [B,H,W,filters]. */
export function normalizeAndConvolve(
  maps: readonly Tensor4D[],
  weights: NormalizedConvolution,
  { epsilon, momentum }: Required<NormalizationArgs>,
  training: boolean,
): Tensor4D {
  const gamma = weights.gamma.read() as Tensor1D;
  const beta = weights.beta.read() as Tensor1D;
  const kernel = weights.kernel.read() as Tensor4D;
  if (!training) {
    const mean = weights.movingMean.read() as Tensor1D;
    const variance = weights.movingVariance.read() as Tensor1D;
    return normalizedConv2dInference(maps, mean, variance, gamma, beta, kernel, { epsilon });
  }
  const { y, count, ...batch } = normalizedConv2d(maps, gamma, beta, kernel, { epsilon });
  moveStatistics(weights, batch, { momentum, count });
  return y;
}
