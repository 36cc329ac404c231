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
export { loadClassifier } from './load-classifier.ts';
