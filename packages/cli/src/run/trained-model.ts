import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foldBatchNorms } from '@fbsd/backbones';
import { UserError } from '@fbsd/trainer';
import {
  ChecksummedFolder,
  encodeLabels,
  LABELS,
  MODEL_FILE,
  readLabelledModel,
} from '@fbsd/trainer/run-files';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Say, warnAside } from '../display/say.ts';
import { firstGood, foldersWithCheckpoint } from './checkpoint-folders.ts';
import { diskFolder } from './disk-folder.ts';
import { modelDirectory } from './model-directory.ts';
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
  const [directory] = foldersWithModel(path);
  if (directory !== undefined) return directory;
  throw new UserError(
    `[fbsd] ${path} holds no model: expected a run with a checkpoint, or a folder with ${MODEL_FILE}. Name one with --model.`,
  );
}

/** The best to take first; a run's last model is there for a best one that is damaged. */
function foldersWithModel(path: string): string[] {
  const own = foldersWithCheckpoint(path).filter((folder) => existsSync(join(folder, MODEL_FILE)));
  const kept = [checkpointDirectory(path, 'best'), checkpointDirectory(path, 'last')];
  return [...own, ...kept.flatMap((folder) => foldersWithCheckpoint(folder))];
}

/** Tells if {@link findTrainedModel} would find something. */
export function hasTrainedModel(path: string): boolean {
  return foldersWithModel(path).length > 0;
}

/**
 * Reads the best model of a run, or a model from a folder of its own. Where a run's best is damaged, it is the last, and
 * that is said.
 *
 * @param path folder of a run, of one of its checkpoints, or a copy of one
 * @param warn is told when another model than the best is taken, and why
 * @throws UserError that names the folder when it holds no model, or the file that is damaged
 */
export async function loadTrainedModel(path: string, warn: Say = warnAside): Promise<TrainedModel> {
  findTrainedModel(path);
  const { folder, value, failures } = await firstGood(() => foldersWithModel(path), read);
  for (const { message } of failures) warn(message);
  if (failures.length > 0)
    warn(`[fbsd] taking the model in ${folder} instead: its weights are others.`);
  return { ...value, directory: folder };
}

async function read(directory: string): Promise<Omit<TrainedModel, 'directory'>> {
  const folder = await ChecksummedFolder.open(diskFolder(directory));
  const { model, classNames } = await readLabelledModel(folder);
  return { model, classNames, imageSize: model.inputs[0]?.shape[1] as number };
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
  await writeFile(join(directory, LABELS), encodeLabels(classNames), { flush: true });
}

/**
 * Folds the batch norms of a model into its convolutions, so that it runs faster and cannot be trained any more.
 *
 * @param model is disposed, layer by layer: both are never in memory at once
 */
export function forInference(model: LayersModel): LayersModel {
  return foldBatchNorms(model, { residuals: true, dispose: true });
}
