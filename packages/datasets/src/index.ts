export type { FetchOptions, RemoteFile } from './download/fetch-file.ts';
export {
  type DownloadOptions,
  ensureDownloaded,
  ensureFile,
  pathOfFile,
  SOURCES,
  type Transfer,
} from './download/index.ts';
export type { Archive, Source } from './download/sources.ts';
export type { UnpackLimits } from './download/unpack.ts';
export { isLockFile, lockDirectory } from './files/directory-lock.ts';
export { namingPath, remedyOf } from './files/disk-error.ts';
export { leadsOut } from './files/leads-out.ts';
export { movePath, syncPath } from './files/move-path.ts';
export {
  AIRCRAFT_LEVELS,
  type AircraftLevel,
  type AircraftOptions,
  loadAircraft,
} from './loaders/aircraft.ts';
export { loadCars } from './loaders/cars.ts';
export { type ClassFoldersOptions, loadClassFolders } from './loaders/class-folders.ts';
export { loadCub } from './loaders/cub.ts';
export {
  DATASETS,
  type DatasetName,
  type DatasetOptions,
  type KnownDataset,
  type PublishedDataset,
} from './loaders/datasets.ts';
export { detectDataset } from './loaders/detect.ts';
export { loadDogs } from './loaders/dogs.ts';
export type { LoadOptions } from './loaders/load-options.ts';
export { miniAircraft } from './mini/aircraft/files.ts';
export { miniCub, miniCubHard } from './mini/birds/files.ts';
export { miniCars } from './mini/cars/files.ts';
export { miniDogs } from './mini/dogs/files.ts';
export type { DrawnDataset, MiniSettings } from './mini/drawn-dataset.ts';
export { ensureMini, type MiniOptions } from './mini/ensure.ts';
export { UnreadablePicturesError } from './pictures/check-pictures.ts';
export {
  diskPictures,
  diskPicturesWithin,
  PICTURE_LIMITS,
  type PictureLimits,
} from './pictures/decode.ts';
export { sharpEncoder } from './pictures/encoder.ts';
export { findPictures } from './pictures/find-pictures.ts';
export { DiskPictureCache, type DiskPictureCacheOptions } from './pictures/picture-cache.ts';
