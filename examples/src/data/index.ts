export { loadCub } from './cub.ts';
export type { Dataset, Sample } from './dataset.ts';
export { miniCub } from './mini/birds/index.ts';
export { ensureMini } from './mini/ensure.ts';
export { type Batch, batchCount, batches, decode } from './pipeline.ts';
