import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { Classifier } from '../classify/classifier.ts';
import { PREPROCESSING_FILE } from '../classify/preprocessing.ts';
import { readClassNames, readPreprocessing } from '../classify/read-preprocessing.ts';
import { UserError } from '../user-error.ts';
import { decodeImage, type WebImage } from './decode-image.ts';

/**
 * Loads a model that `fbsd train` saved, with its class names and what it says about preparing pictures, from the
 * folder of a checkpoint that a server gives out as it is.
 *
 * The backend has to be ready: `await setBackend('wasm')`.
 *
 * @param address of the folder, or of `model.json` in it
 * @returns a classifier of `File`s, `<img>`s, canvases, addresses of pictures; dispose it when it is not needed any more
 * @throws UserError that names the file that is missing, damaged or does not fit
 */
export async function loadClassifier(address: string | URL): Promise<Classifier<WebImage>> {
  const folder = folderOf(address);
  const where = `${folder}${PREPROCESSING_FILE}`;
  const preprocessing = readPreprocessing(await json(where), where);
  const labels = `${folder}${preprocessing.labels}`;
  const names = await json(labels);
  const model = await loadLayersModel(`${folder}model.json`).catch((cause) => {
    const { message } = cause as Error;
    throw new UserError(`[@fbsd/trainer] cannot load ${folder}model.json: ${message}`, { cause });
  });
  try {
    const classNames = readClassNames(names, model.outputs[0]?.shape[1] as number, labels);
    return new Classifier({
      model,
      classNames,
      preprocessing,
      decode: (image) => decodeImage(image),
    });
  } finally {
    model.dispose();
  }
}

/** The folder's address, with a slash at its end. */
function folderOf(address: string | URL): string {
  const [path = ''] = String(address).split(/[?#]/);
  if (path.endsWith('/model.json')) return path.slice(0, -'model.json'.length);
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}

async function json(address: string): Promise<unknown> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new UserError(
      `[@fbsd/trainer] loadClassifier: cannot read ${address} (${reason}). Serve the whole folder of the checkpoint.`,
      { cause },
    );
  };
  try {
    const response = await fetch(address);
    if (!response.ok) return refuse(`status ${response.status}`);
    return await response.json();
  } catch (error) {
    if (error instanceof UserError) throw error;
    return refuse((error as Error).message, error);
  }
}
