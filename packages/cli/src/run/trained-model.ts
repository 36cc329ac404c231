import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldBatchNorms } from '@fbsd/backbones';
import { UserError } from '@fbsd/trainer';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { readLabels, writeLabels } from './labels.ts';
import { MODEL_FILE, modelDirectory } from './model-directory.ts';
import { checkpointDirectory } from './run-directory.ts';

/** A trained model, its classes and the size of its images. */
export interface TrainedModel {
  /** Logits as outputs; the caller disposes it. */
  model: LayersModel;
  /** By class index. */
  classNames: readonly string[];
  /** Side in pixels of the images that it takes. */
  imageSize: number;
  /** The folder that it was read from. */
  directory: string;
}

/**
 * The folder of the best model of a run, or of a model in a folder of its own.
 *
 * @param path folder of a run, of one of its checkpoints, or a copy of one
 * @throws UserError that names the folder when it holds neither
 */
export function findTrainedModel(path: string): string {
  const directory = trainedModelIn(path);
  if (directory === undefined) {
    throw new UserError(
      `[fbsd] ${path} holds no model: expected a run with a checkpoint, or a folder with ${MODEL_FILE}. Name one with --model.`,
    );
  }
  return directory;
}

/** Tells if {@link findTrainedModel} would find something. */
export function hasTrainedModel(path: string): boolean {
  return trainedModelIn(path) !== undefined;
}

function trainedModelIn(path: string): string | undefined {
  const candidates = [path, checkpointDirectory(path, 'best'), checkpointDirectory(path, 'last')];
  return candidates.find((candidate) => existsSync(join(candidate, MODEL_FILE)));
}

/**
 * Reads the best model of a run, or a model from a folder of its own.
 *
 * @param path folder of a run, of one of its checkpoints, or a copy of one
 * @throws UserError that names the folder when it holds no model, or it cannot be read
 */
export async function loadTrainedModel(path: string): Promise<TrainedModel> {
  const directory = findTrainedModel(path);
  try {
    const classNames = await readLabels(directory);
    const model = await loadLayersModel(modelDirectory(directory));
    const imageSize = model.inputs[0]?.shape[1] as number;
    return { model, classNames, imageSize, directory };
  } catch (error) {
    throw new UserError(
      `[fbsd] the model in ${directory} cannot be read: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Writes a model with the names of its classes into a folder, for {@link loadTrainedModel} and `fbsd predict --model`.
 *
 * @param model logits as outputs
 * @param classNames by class index
 */
export async function saveTrainedModel(
  directory: string,
  model: LayersModel,
  classNames: readonly string[],
): Promise<void> {
  await model.save(modelDirectory(directory));
  await writeLabels(directory, classNames);
}

/**
 * Folds the batch norms of a model into its convolutions, so that it runs faster and cannot be trained any more.
 *
 * @param model is disposed
 */
export function forInference(model: LayersModel): LayersModel {
  const folded = foldBatchNorms(model);
  model.dispose();
  return folded;
}
