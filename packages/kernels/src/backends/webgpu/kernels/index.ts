import type { Replacement } from '../../../registry/install.ts';
import { fusedBatchNorm, normalize, trainingBatchNorm } from './batch-norm.ts';
import { batchNormGradient, normalizeGradient } from './batch-norm-gradient.ts';
import { convolutions } from './conv2d.ts';
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2DBackpropInput } from './conv2d-backprop-input.ts';
import { softmaxCrossEntropy } from './cross-entropy.ts';
import { diversify, diversifyGradient } from './diversify.ts';
import { featureBoostSuppress } from './feature-boost-suppress.ts';
import { featureBoostSuppressGradient } from './feature-boost-suppress-gradient.ts';
import { movingStatistics } from './moving-statistics.ts';
import { multiTensorSgd } from './multi-tensor-sgd.ts';
import { reluGradient } from './relu-gradient.ts';
import { stripMovingStatistics } from './strip-moving-statistics.ts';
import { sumOfAll } from './sum-of-all.ts';
import { topKMean, topKMeanGradient } from './top-k.ts';
import { totals } from './totals.ts';

/** Kernels in WGSL. */
export const shaders: readonly Replacement[] = [
  ...convolutions,
  ...totals,
  batchNormGradient,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  diversify,
  diversifyGradient,
  featureBoostSuppress,
  featureBoostSuppressGradient,
  fusedBatchNorm,
  multiTensorSgd,
  movingStatistics,
  normalize,
  normalizeGradient,
  reluGradient,
  softmaxCrossEntropy,
  stripMovingStatistics,
  sumOfAll,
  topKMean,
  topKMeanGradient,
  trainingBatchNorm,
];
