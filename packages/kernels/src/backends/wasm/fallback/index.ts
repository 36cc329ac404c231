import type { Replacement } from '../../../registry/install.ts';
import { paddedConvolutions } from '../explicit-padding.ts';
import { batchMatMul, fusedMatMul } from './batch-mat-mul.ts';
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2DBackpropInput } from './conv2d-backprop-input.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { mean } from './mean.ts';
import { sum } from './sum.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/** Kernels made of the backend's own fast ones, or of plain loops where there is none: without SIMD. */
export const fallback: readonly Replacement[] = [
  ...paddedConvolutions,
  batchMatMul,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  fusedMatMul,
  maxPoolGrad,
  mean,
  sum,
  unsortedSegmentSum,
];
