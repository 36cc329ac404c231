import { diskPictures } from '@fbsd/datasets';
import { Classifier } from '@fbsd/trainer';
import { forUser } from '../user-errors.ts';
import { loadPreprocessing } from './preprocessing-file.ts';
import { loadTrainedModel } from './trained-model.ts';

/**
 * Loads a trained model for a program in Node, with its class names and what its folder says about preparing
 * pictures. It names the same classes with the same probabilities as `fbsd predict`.
 *
 * A backend has to be ready: `await selectBackend('auto')`. In a page it is `loadClassifier` of `@fbsd/trainer/web`.
 *
 * @param path folder of a run, whose best model is taken, of one of its checkpoints, or a copy of one
 * @returns a classifier of pictures by their path; dispose it when it is not needed any more
 * @throws UserError that names the folder or the file, when there is no model or it cannot be read
 */
export async function loadClassifier(path: string): Promise<Classifier<string>> {
  const { model, classNames, directory } = await loadTrainedModel(path);
  try {
    const preprocessing = await forUser(() => loadPreprocessing(directory, model));
    const decode = (picture: string) => diskPictures.read({ path: picture });
    return await forUser(() => new Classifier({ model, classNames, preprocessing, decode }));
  } finally {
    model.dispose();
  }
}
