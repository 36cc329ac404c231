import { resolve } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { forInference, loadTrainedModel, type TrainedModel } from '../run/trained-model.ts';
import type { Given } from '../settings/command-line.ts';
import type { Settings } from '../settings/settings.ts';
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

/** The classifier in a folder, to be used. The backend has to be ready. @throws UserError when it is none */
export async function openClassifier(folder: string): Promise<TrainedModel> {
  const trained = await openTrained(folder);
  return { ...trained, model: forInference(trained.model) };
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
