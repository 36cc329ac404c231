import { resolve } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { newestRun } from '../run/run-directory.ts';
import { forInference, loadTrainedModel, type TrainedModel } from '../run/trained-model.ts';
import type { Given } from '../settings/command-line.ts';
import { allRuns, foldersOfRuns } from '../settings/paths.ts';

/** The meaning of --model, for help texts. */
export const MODEL_HELP =
  'folder of a run, or of one of its checkpoints (default: the newest run below runs/)';

/** The folder that --model names, or the newest run. @throws UserError when there is none */
export async function modelFolder(given: Given): Promise<string> {
  if (typeof given['model'] === 'string') return resolve(given['model']);
  const newest = await newestRun(await foldersOfRuns());
  if (newest !== null) return newest;
  throw new UserError(`[fbsd] there is no run in ${allRuns()}. Name a model with --model.`);
}

/** The model that --model names, for inference. The backend has to be ready. */
export async function openModel(given: Given): Promise<TrainedModel> {
  const { model, ...rest } = await loadTrainedModel(await modelFolder(given));
  return { model: forInference(model), ...rest };
}
