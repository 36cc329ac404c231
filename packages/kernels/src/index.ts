export { WasmMemoryError } from './backends/wasm/memory-error.ts';
export { type ValueAndGradients, variableGradients } from './gradients/variable-gradients.ts';
export {
  type BatchNormOptions,
  type BatchNormOutputs,
  batchNorm,
  batchNormInference,
} from './ops/batch-norm.ts';
export {
  type MovingStatistics,
  type MovingStatisticsUpdate,
  updateMovingStatistics,
} from './ops/moving-statistics.ts';
export {
  type NormalizedConv2dOptions,
  type NormalizedConv2dOutputs,
  normalizedConv2d,
  normalizedConv2dInference,
} from './ops/normalized-conv2d.ts';
export { type ResidualConv2dOptions, residualConv2d } from './ops/residual-conv2d.ts';
export { type SgdOptions, type SgdParameter, sgdStep } from './ops/sgd-step.ts';
export { sumOfAll } from './ops/sum-of-all.ts';
export { synchronizeBatchNorms } from './ops/synchronize-batch-norms.ts';
export { valuesInPlace } from './ops/values-in-place.ts';
export { accelerate } from './registry/accelerate.ts';
export type { Acceleration } from './registry/acceleration.ts';
