import type { Replacement } from '../../../registry/install.ts';
import { clipGradient, reluGradient } from './activation-gradients.ts';
import { add } from './add.ts';
import { batchNorm, moments, normalize } from './batch-norm.ts';
import { batchNormGradient, normalizeGradient } from './batch-norm-gradient.ts';
import { concat, split } from './concat.ts';
import { convolutions, residualConv2D } from './conv2d.ts';
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2DBackpropInput } from './conv2d-backprop-input.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.ts';
import { diversify, diversifyGradient, similarities } from './diversify.ts';
import { exp } from './exp.ts';
import { fusedBatchNorm } from './fused-batch-norm.ts';
import { gather } from './gather.ts';
import { batchMatMul, fusedMatMul } from './mat-mul.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { movingStatistics } from './moving-statistics.ts';
import { multiTensorSgd } from './multi-tensor-sgd.ts';
import { multiply } from './multiply.ts';
import { pad } from './pad.ts';
import { mean, sum } from './reduction.ts';
import { relu } from './relu.ts';
import { slice } from './slice.ts';
import { sumOfAll } from './sum-of-all.ts';
import { topKMean, topKMeanGradient } from './top-k.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/** Kernels that run in our WebAssembly module. */
export const handWritten: readonly Replacement[] = [
  ...convolutions,
  add,
  batchMatMul,
  batchNorm,
  batchNormGradient,
  clipGradient,
  concat,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  diversify,
  diversifyGradient,
  exp,
  fusedBatchNorm,
  gather,
  fusedMatMul,
  maxPoolGrad,
  mean,
  moments,
  movingStatistics,
  multiply,
  multiTensorSgd,
  normalize,
  normalizeGradient,
  pad,
  relu,
  reluGradient,
  residualConv2D,
  similarities,
  slice,
  split,
  sum,
  sumOfAll,
  topKMean,
  topKMeanGradient,
  unsortedSegmentSum,
];
