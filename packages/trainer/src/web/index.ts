// So that the layers of a saved model are registered even where a bundler drops what else is here.
import '@fbsd/fbsd';

export {
  type Classification,
  Classifier,
  type ClassifierArgs,
  type ClassifyOptions,
} from '../classify/classifier.ts';
export type { DecodedPicture } from '../classify/pixels.ts';
export { decodeImage, type WebImage } from './decode-image.ts';
export type { ModelFiles } from './given-by-person.ts';
export { loadClassifier } from './load-classifier.ts';
export {
  type LoadedModel,
  loadClassifierFiles,
  loadModelFiles,
} from './load-model-files.ts';
export {
  IndexedDbPictures,
  type KeptDataset,
  type PictureFile,
} from './pictures/indexed-db-pictures.ts';
export { PortPictures } from './pictures/port-pictures.ts';
export { type ServeOptions, servePictures } from './pictures/serve-pictures.ts';
export { canvasEncoder } from './report/canvas-encoder.ts';
export type { IndexedDbRunStore } from './storage/indexed-db-run-store.ts';
export { IndexedDbRuns, type KeptRun } from './storage/indexed-db-runs.ts';
