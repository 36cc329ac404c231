import { resolve } from 'node:path';
import type { DatasetName } from '@fbsd/datasets';
import { batchCount, type Checkpoint, type Dataset, type Progress, UserError } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { disposeVelocities, hasCheckpoint, loadCheckpoint } from '../run/checkpoint.ts';
import { readRunConfig } from '../run/run-config.ts';
import { checkpointDirectory, runOf } from '../run/run-directory.ts';
import { flagOf } from '../settings/flags.ts';
import type { OptimizerName } from '../settings/presets.ts';
import { completeSettings, type Settings } from '../settings/settings.ts';
import { datasetOf } from './open.ts';

/** A checkpoint that a new run begins with. */
export interface Origin {
  /** Its folder. */
  directory: string;
  /** Those of its run. */
  settings: Settings;
  /** What its run learned. */
  classNames: readonly string[];
}

/**
 * The checkpoint that --from names. Nothing is written to its run.
 *
 * @param path folder of a run, which stands for its last checkpoint, or of a checkpoint in one
 * @throws UserError when there is none
 */
export async function originOf(path: string): Promise<Origin> {
  const folder = resolve(path);
  const run = runOf(folder);
  if (run === null) {
    throw new UserError(
      `[fbsd] --from: ${folder} is neither a run nor a checkpoint of one. Name a folder that fbsd train wrote.`,
    );
  }
  const directory = folder === run ? checkpointDirectory(run, 'last') : folder;
  if (!hasCheckpoint(directory)) {
    throw new UserError(
      `[fbsd] --from: the run in ${run} had not come to a checkpoint. Name another one.`,
    );
  }
  const { settings, classNames } = await readRunConfig(run);
  return { directory, settings, classNames };
}

/** The settings of a new run that begins with a checkpoint: those of its run, and what flags give in their place. */
export async function settingsFrom(origin: Origin, flags: Partial<Settings>): Promise<Settings> {
  const { settings: stored, directory } = origin;
  if (flags.pretrained || flags.initFrom) {
    throw new UserError(
      '[fbsd] --from gives all weights: leave out --pretrained and --init-from, or begin without --from.',
    );
  }
  for (const key of ['arch', 'head'] as const) {
    if (!flags[key] || flags[key] === stored[key]) continue;
    throw new UserError(
      `[fbsd] --from: the weights in ${directory} are those of ${flagOf(key)} ${stored[key]}, not of ${flags[key]}. Leave out ${flagOf(key)}.`,
    );
  }
  const dataset = await datasetOf(flags, stored.dataset);
  const data = dataset === stored.dataset ? stored.data : null;
  const ofOptimizer =
    flags.optimizer && flags.optimizer !== stored.optimizer
      ? settingsOf(flags.optimizer, dataset, data)
      : {};
  return {
    ...stored,
    ...ofOptimizer,
    data,
    ...flags,
    dataset,
    pretrained: null,
    initFrom: null,
    from: directory,
  };
}

/** What another optimizer begins with: numbers of the first one mean something else to it. */
function settingsOf(optimizer: OptimizerName, dataset: DatasetName, data: string | null) {
  const usual = completeSettings(dataset, { optimizer, data });
  const { newLearningRate, pretrainedLearningRate, weightDecay } = usual;
  return { newLearningRate, pretrainedLearningRate, weightDecay };
}

/** What decides the order of the batches, and with it where in an epoch a number of them leads to. */
const DECIDES_BATCHES = [
  'dataset',
  'aircraftLevel',
  'testShare',
  'validationSplit',
  'limit',
  'skipCorrupt',
  'maxPixels',
  'batchSize',
  'accumulate',
  'seed',
] as const satisfies readonly (keyof Settings)[];

/**
 * Puts the weights of a checkpoint into a new network and tells where training goes on: at the same epoch, and in the
 * middle of it if the batches are still the same, else at its beginning.
 *
 * @param network takes the weights
 * @returns the velocities, none for another optimizer, and the weights that training goes on with, the caller's to dispose, and the place
 * @throws UserError when the classes differ, or no epoch is left
 */
export async function continueFrom(
  origin: Origin,
  network: LayersModel,
  settings: Settings,
  dataset: Dataset,
): Promise<Pick<Checkpoint, 'velocities' | 'trainingWeights' | 'progress'>> {
  const { directory, classNames } = origin;
  if (dataset.classNames.join('\n') !== classNames.join('\n')) {
    throw new UserError(
      `[fbsd] --from: the model in ${directory} knows ${classNames.length} classes other than the ${dataset.classNames.length} of ${dataset.root}. Give its own data with --data.`,
    );
  }
  const { model, progress, ...tensors } = await loadCheckpoint(directory);
  try {
    if (progress.epoch > settings.totalEpochs) {
      throw new UserError(
        `[fbsd] --from: all ${settings.totalEpochs} epochs of the run of ${directory} are done. Give it more with --epochs.`,
      );
    }
    network.setWeights(model.getWeights());
  } catch (error) {
    disposeVelocities([...tensors.velocities, ...(tensors.trainingWeights ?? [])]);
    throw error;
  } finally {
    model.dispose();
  }
  const { velocities, trainingWeights } = tensors;
  const same = settings.optimizer === origin.settings.optimizer;
  if (!same) disposeVelocities(velocities);
  return {
    velocities: same ? velocities : [],
    ...(trainingWeights && { trainingWeights }),
    progress: { ...placeOf(origin, progress, settings, dataset), best: null },
  };
}

function placeOf(
  origin: Origin,
  progress: Progress,
  settings: Settings,
  dataset: Dataset,
): Omit<Progress, 'best'> {
  const batches = batchCount(dataset.train.length, settings.batchSize, true);
  const same = DECIDES_BATCHES.every((key) => settings[key] === origin.settings[key]);
  if (same && progress.batch <= batches) return progress;
  const { epoch } = progress;
  return { epoch, step: (epoch - 1) * Math.ceil(batches / settings.accumulate), batch: 0 };
}
