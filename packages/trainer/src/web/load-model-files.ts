import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Classifier } from '../classify/classifier.ts';
import { PREPROCESSING_FILE, type Preprocessing } from '../classify/preprocessing.ts';
import { classesIn, hasClasses } from '../classify/recorded-classes.ts';
import { MODEL_FILE } from '../export/model-files.ts';
import { ChecksummedFolder } from '../run-files/checksums.ts';
import { folderOf, type GivenFile } from '../run-files/given-files.ts';
import { checkLabels, decodeLabels, LABELS } from '../run-files/labels.ts';
import { readModel } from '../run-files/model-files.ts';
import { loadPreprocessing } from '../run-files/preprocessing-file.ts';
import { UserError } from '../user-error.ts';
import { decodeImage, type WebImage } from './decode-image.ts';
import { type ModelFiles, withPaths } from './given-by-person.ts';

/** A model that came from files. */
export interface LoadedModel {
  /** Logits as outputs; the caller disposes it. */
  model: LayersModel;
  /** By class index; `class 1`, `class 2`, … where neither a file nor the model names them. */
  classNames: readonly string[];
  /** How its pictures are prepared; as the trainer does where neither a file nor the model tells. */
  preprocessing: Preprocessing;
  /** The folder that it was found in, among the files. */
  path: string;
}

/**
 * Loads a model from files: of a run, whose best checkpoint is taken, of a checkpoint, of a model that tfjs saved.
 * They are checked as the command line does: a damaged one is refused, and one that leads nowhere never hangs.
 *
 * The backend has to be ready: `await setBackend('wasm')`.
 *
 * @throws UserError that names the file that is missing, damaged or does not fit
 */
export async function loadModelFiles(files: ModelFiles): Promise<LoadedModel> {
  const given = withPaths(files);
  const path = folderWithModel(given);
  const folder = await ChecksummedFolder.open(folderOf(given, path));
  const model = await readModel(folder);
  try {
    const { inputs, outputs } = model;
    const [, classes, ...more] = outputs[0]?.shape ?? [];
    if (!classes || more.length > 0) {
      throw new UserError(
        `[@fbsd/trainer] ${folder.pathOf(MODEL_FILE)} is no classifier: expected outputs [null,classes]; got [${outputs[0]?.shape.map(String)}]. Choose another model.`,
      );
    }
    const [, height, width, channels] = inputs[0]?.shape ?? [];
    if (inputs.length > 1 || !height || height !== width || channels !== 3) {
      throw new UserError(
        `[@fbsd/trainer] ${folder.pathOf(MODEL_FILE)} takes no pictures: expected input [null,S,S,3]; got [${inputs[0]?.shape.map(String)}]. Choose another model.`,
      );
    }
    const metadata = model.getUserDefinedMetadata();
    const recorded = hasClasses(metadata)
      ? classesIn(metadata, classes, folder.pathOf(MODEL_FILE))
      : null;
    const classNames =
      (await classNamesOf(folder, model)) ?? recorded?.classNames ?? numbered(classes);
    const preprocessing =
      recorded && (await folder.sizeOf(PREPROCESSING_FILE)) === null
        ? recorded.preprocessing
        : await loadPreprocessing(folder, model);
    return { model, classNames, preprocessing, path };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * Does what `loadClassifier` does, with files that a person gave in place of addresses, see {@link loadModelFiles}.
 *
 * @returns dispose it when it is not needed any more
 * @throws UserError that names the file that is missing, damaged or does not fit
 */
export async function loadClassifierFiles(files: ModelFiles): Promise<Classifier<WebImage>> {
  const { model, classNames, preprocessing } = await loadModelFiles(files);
  try {
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

/** A run's best checkpoint before its last; what lies in fewer folders first. With a slash at its end. */
function folderWithModel(files: readonly GivenFile[]): string {
  const folders = files
    .filter(({ path }) => path === MODEL_FILE || path.endsWith(`/${MODEL_FILE}`))
    .map(({ path }) => path.slice(0, -MODEL_FILE.length))
    .sort((a, b) => rank(a) - rank(b) || depth(a) - depth(b) || (a < b ? -1 : 1));
  const [first] = folders;
  if (first !== undefined) return first;
  throw new UserError(
    `[@fbsd/trainer] there is no model among the ${files.length} files: expected a ${MODEL_FILE}. Choose the folder of a run, of a checkpoint or of a saved model.`,
  );
}

function rank(folder: string): number {
  if (folder.endsWith('/best/')) return 0;
  return folder.endsWith('/last/') ? 1 : 2;
}

function depth(folder: string): number {
  return folder.split('/').length;
}

/** Null where no file names them. */
async function classNamesOf(
  folder: ChecksummedFolder,
  model: LayersModel,
): Promise<readonly string[] | null> {
  if ((await folder.sizeOf(LABELS)) === null) return null;
  const file = folder.pathOf(LABELS);
  const names = decodeLabels(await folder.read(LABELS), file);
  checkLabels(names, model, file);
  return names;
}

function numbered(classes: number): string[] {
  return Array.from({ length: classes }, (_, i) => `class ${i + 1}`);
}
