export { type Acceleration, accelerate } from './accelerate.ts';
export {
  type BatchNormOptions,
  type BatchNormOutputs,
  batchNorm,
  batchNormInference,
} from './batch-norm.ts';
export {
  type MovingStatistics,
  type MovingStatisticsUpdate,
  updateMovingStatistics,
} from './moving-statistics.ts';
export {
  type NormalizedConv2dOptions,
  type NormalizedConv2dOutputs,
  normalizedConv2d,
  normalizedConv2dInference,
} from './normalized-conv2d.ts';
export { type SgdOptions, type SgdParameter, sgdStep } from './sgd-step.ts';
export { type ValueAndGradients, variableGradients } from './variable-gradients.ts';
