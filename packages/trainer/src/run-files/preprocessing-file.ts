import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  PREPROCESSING_FILE,
  type Preprocessing,
  preprocessingOf,
} from '../classify/preprocessing.ts';
import { readPreprocessing } from '../classify/read-preprocessing.ts';
import type { Folder } from './folder.ts';
import { parseJson } from './json.ts';

/**
 * The content of `preprocessing.json`: how pictures are prepared for a model, for whoever uses it elsewhere; null if it
 * takes no square pictures.
 */
export function encodePreprocessing(model: LayersModel): string | null {
  const [, height, width, channels] = model.inputs[0]?.shape ?? [];
  if (!height || height !== width || channels !== 3) return null;
  return `${JSON.stringify(preprocessingOf(model), null, 2)}\n`;
}

/**
 * Reads how pictures are prepared for the model in a folder. One that was saved before folders told it is
 * prepared for as the trainer always does.
 *
 * @throws UserError that names the file when it is damaged
 */
export async function loadPreprocessing(
  folder: Folder,
  model: LayersModel,
): Promise<Preprocessing> {
  if ((await folder.sizeOf(PREPROCESSING_FILE)) === null) return preprocessingOf(model);
  const file = folder.pathOf(PREPROCESSING_FILE);
  return readPreprocessing(parseJson(await folder.read(PREPROCESSING_FILE), file), file);
}
