export { loadCub } from './cub.ts';
export type { Dataset, Sample } from './dataset.ts';
export { ensureMiniCub } from './mini-cub.ts';
export { type Batch, batchCount, batches, decode } from './pipeline.ts';
