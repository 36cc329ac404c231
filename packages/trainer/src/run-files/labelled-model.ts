import type { Checkpoint } from '../train/run-store.ts';
import type { Folder } from './folder.ts';
import { checkLabels, decodeLabels, LABELS } from './labels.ts';
import { readModel } from './model-files.ts';

/**
 * Makes the model of a folder, with the names of its classes. The caller disposes it.
 *
 * @throws UserError that names the file that is damaged, or does not fit the other
 */
export async function readLabelledModel(
  folder: Folder,
): Promise<Pick<Checkpoint, 'model' | 'classNames'>> {
  const file = folder.pathOf(LABELS);
  const classNames = decodeLabels(await folder.read(LABELS), file);
  const model = await readModel(folder);
  try {
    checkLabels(classNames, model, file);
    return { model, classNames };
  } catch (error) {
    model.dispose();
    throw error;
  }
}
