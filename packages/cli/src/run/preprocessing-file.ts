import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  PREPROCESSING_FILE,
  type Preprocessing,
  preprocessingOf,
  readPreprocessing,
  UserError,
} from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';

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
  directory: string,
  model: LayersModel,
): Promise<Preprocessing> {
  const file = join(directory, PREPROCESSING_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return preprocessingOf(model);
    throw new UserError(`[fbsd] ${file} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UserError(
      `[fbsd] ${file} is damaged: ${(cause as Error).message}. Take the file that was saved with the model.`,
      { cause },
    );
  }
  return readPreprocessing(json, file);
}
