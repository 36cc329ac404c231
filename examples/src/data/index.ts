export { AIRCRAFT_LEVELS, type AircraftLevel } from './aircraft.ts';
export type { Dataset, Sample } from './dataset.ts';
export { DATASETS, type DatasetName, type KnownDataset } from './datasets.ts';
export { ensureDownloaded, SOURCES, type Transfer } from './download/index.ts';
export { findPictures } from './find-pictures.ts';
export { limit } from './limit.ts';
export { ensureMini } from './mini/ensure.ts';
export { type Batch, batchCount, batches, cacheBytes, decode } from './pipeline.ts';
