import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskPictures } from '@fbsd/datasets';
import { Classifier, type Pixels, UserError } from '@fbsd/trainer';
import { loadPreprocessing } from '@fbsd/trainer/run-files';
import { forUser } from '../user-errors.ts';
import { diskFolder } from './disk-folder.ts';
import { loadTrainedModel } from './trained-model.ts';

/**
 * Loads a trained model for a program in Node, with its class names and what its folder says about preparing
 * pictures. It names the same classes with the same probabilities as `fbsd predict`.
 *
 * A backend has to be ready: `await selectBackend('auto')`. In a page it is `loadClassifier` of `@fbsd/trainer/web`.
 *
 * @param path folder of a run, whose best model is taken, of one of its checkpoints, or a copy of one
 * @returns a classifier of pictures by their path, or by the bytes of their file, as of an upload; dispose it when it is
 *   not needed any more
 * @throws UserError that names the folder or the file, when there is no model or it cannot be read
 */
export async function loadClassifier(path: string): Promise<Classifier<string | Uint8Array>> {
  const { model, classNames, directory } = await loadTrainedModel(path);
  try {
    const preprocessing = await forUser(() => loadPreprocessing(diskFolder(directory), model));
    return await forUser(() => new Classifier({ model, classNames, preprocessing, decode }));
  } finally {
    model.dispose();
  }
}

async function decode(picture: string | Uint8Array): Promise<Pixels> {
  return typeof picture === 'string' ? diskPictures.read({ path: picture }) : decodeBytes(picture);
}

/** By way of a file, so that what comes from strangers is checked as every other picture is. */
async function decodeBytes(bytes: Uint8Array): Promise<Pixels> {
  const folder = await mkdtemp(join(tmpdir(), 'fbsd-picture-'));
  const path = join(folder, 'picture');
  try {
    await writeFile(path, bytes);
    return await diskPictures.read({ path });
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(cause.message.replaceAll(path, 'the picture'), { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
