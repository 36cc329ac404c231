export { type LoadOptions, loadCub } from './cub.ts';
export type { Box, Dataset, PartLocation, Sample } from './dataset.ts';
export { ensureMiniCub, type MiniCubOptions } from './mini-cub.ts';
export {
  type Batch,
  type BatchOptions,
  batchCount,
  batches,
  decode,
  type View,
} from './pipeline.ts';
export {
  type Geometry,
  geometry,
  TRANSFORM_DEFAULTS,
  type TransformOptions,
} from './transform.ts';
