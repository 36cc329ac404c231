import { join, resolve } from 'node:path';
import { PREPROCESSING_FILE, type Preprocessing, preprocessingOf, UserError } from '@fbsd/trainer';
import { loadPreprocessing } from '@fbsd/trainer/run-files';
import { diskFolder } from '../run/disk-folder.ts';
import { forInference, loadTrainedModel, type TrainedModel } from '../run/trained-model.ts';
import type { Given } from '../settings/command-line.ts';
import type { Settings } from '../settings/settings.ts';
import { forUser } from '../user-errors.ts';
import { newestTrainedRun } from './runs.ts';

/** The meaning of --model, for help texts. */
export const MODEL_HELP =
  'folder of a run, or of one of its checkpoints (default: the newest run below runs/)';

/**
 * The folder that --model names, or the newest run on the data, or the data set, that were asked for, or of all.
 *
 * @throws UserError when there is none
 */
export async function modelFolder(
  given: Given,
  asked: Partial<Pick<Settings, 'dataset' | 'data'>>,
): Promise<string> {
  if (typeof given['model'] === 'string') return resolve(given['model']);
  return newestTrainedRun(asked);
}

/** A trained model of square pictures, and how they are prepared for it. */
export interface OpenClassifier extends TrainedModel {
  preprocessing: Preprocessing;
}

/**
 * The classifier in a folder, to be used, and what the folder says of how pictures are prepared for it. The backend has to
 * be ready.
 *
 * @throws UserError when it is none, or is not prepared for in a way that fits
 */
export async function openClassifier(folder: string): Promise<OpenClassifier> {
  const trained = await openTrained(folder);
  const { model, directory, imageSize } = trained;
  let preprocessing: Preprocessing;
  try {
    preprocessing = await forUser(() => loadPreprocessing(diskFolder(directory), model));
    const { width } = preprocessing.crop;
    if (width !== imageSize) {
      throw new UserError(
        `[fbsd] the model in ${directory} takes images of ${imageSize}×${imageSize}, but its ${PREPROCESSING_FILE} gives ${width}×${width}. Take the file that was saved with the model.`,
      );
    }
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { ...trained, model: forInference(model), preprocessing };
}

/** The classifier in a folder, as it was trained. The backend has to be ready. @throws UserError when it is none */
export async function openTrained(folder: string): Promise<TrainedModel> {
  const trained = await loadTrainedModel(folder);
  try {
    requireClassifier(trained);
    return trained;
  } catch (error) {
    trained.model.dispose();
    throw error;
  }
}

/**
 * Checks that pictures are prepared for a model as training does, which is all that tests and inspections know.
 *
 * @throws UserError that names the first field that differs
 */
export function requireUsualPreprocessing(
  command: string,
  {
    model,
    directory,
    preprocessing,
  }: Pick<OpenClassifier, 'model' | 'directory' | 'preprocessing'>,
): void {
  const usual = preprocessingOf(model);
  for (const field of ['resize', 'crop', 'mean', 'std', 'labels'] as const) {
    const [expected, got] = [usual, preprocessing].map((each) => JSON.stringify(each[field]));
    if (expected === got) continue;
    throw new UserError(
      `[fbsd] ${command}: ${join(directory, PREPROCESSING_FILE)} prepares pictures otherwise than fbsd trains: expected ${field} ${expected}; got ${got}. fbsd predict heeds it; loadClassifier of @fbsd/cli does in programs.`,
    );
  }
}

function requireClassifier({ model, classNames, directory }: TrainedModel): void {
  const inputs = model.inputs.map(({ shape }) => shape);
  const [, height, width, channels] = inputs[0] ?? [];
  const square = inputs.length === 1 && height && height === width && channels === 3;
  const logits = model.outputs.map(({ shape }) => shape);
  if (
    square &&
    logits.every(([, classes, ...more]) => classes === classNames.length && !more.length)
  )
    return;
  throw new UserError(
    `[fbsd] the model in ${directory} is no classifier of the ${classNames.length} classes in its labels.json: expected input ` +
      `[null,S,S,3] and outputs [null,${classNames.length}]; got ${shapes(inputs)} and ${shapes(logits)}. Name another one with --model.`,
  );
}

function shapes(all: readonly (readonly (number | null)[])[]): string {
  return all.map((shape) => `[${shape.map(String)}]`).join(', ');
}
