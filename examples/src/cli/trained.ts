import { newestRun } from '../train/run-directory.ts';
import { forInference, loadTrainedModel, type TrainedModel } from '../train/trained-model.ts';
import type { Given } from './command-line.ts';
import { fromCallerDirectory, runsOf } from './open.ts';

/** What --model means, for help texts. */
export const MODEL_HELP =
  'folder of a run, or of one of its checkpoints (default: the newest run on mini-CUB)';

/** The folder that --model names, or the newest run. @throws Error when there is none */
export async function modelFolder(given: Given): Promise<string> {
  if (typeof given['model'] === 'string') return fromCallerDirectory(given['model']);
  const parent = runsOf({ dataset: 'cub', data: null });
  const newest = await newestRun(parent);
  if (newest !== null) return newest;
  throw new Error(`[fbsd] there is no run in ${parent}. Name a model with --model.`);
}

/** The model that --model names, for inference. The backend has to be ready. */
export async function openModel(given: Given): Promise<TrainedModel> {
  const { model, ...rest } = await loadTrainedModel(await modelFolder(given));
  return { model: forInference(model), ...rest };
}
