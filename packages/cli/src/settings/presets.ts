import type { DatasetName } from '@fbsd/datasets';
import type { ArchitectureName } from '@fbsd/fbsd';
import { SGD_DEFAULTS, TRAIN_DEFAULTS } from '@fbsd/trainer';
import type { Settings } from './settings.ts';

/** The settings that a preset decides; all others have a default that fits every run. */
export type Preset = Pick<
  Settings,
  | 'arch'
  | 'imageSize'
  | 'batchSize'
  | 'totalEpochs'
  | 'newLearningRate'
  | 'pretrainedLearningRate'
  | 'warmupSteps'
  | 'logEverySteps'
>;

const { warmupSteps, logEverySteps } = TRAIN_DEFAULTS;
const { newLearningRate, pretrainedLearningRate } = SGD_DEFAULTS;

/** As FBSD was published with, for every data set. */
export const PUBLISHED: Preset = {
  arch: 'resnet50',
  imageSize: 448,
  batchSize: 20,
  totalEpochs: 200,
  newLearningRate,
  pretrainedLearningRate,
  warmupSteps,
  logEverySteps,
};

/** Where the published code has other settings for an architecture. */
const PUBLISHED_FOR: { readonly [arch in ArchitectureName]?: Partial<Preset> } = {
  densenet161: { batchSize: 10, totalEpochs: 265 },
};

/** A small network from random weights on a small drawn data set: minutes on two CPUs. */
export const MINI: Preset = {
  arch: 'mini',
  imageSize: 96,
  batchSize: 16,
  totalEpochs: 10,
  newLearningRate: 0.008,
  pretrainedLearningRate: 0.008,
  warmupSteps: 40,
  logEverySteps: 10,
};

/**
 * The settings to start from.
 *
 * @param data whether there is a folder of data; without it the drawn data set is trained on
 * @param arch the architecture that was asked for, if one was
 */
export function presetFor(
  { dataset, data }: { dataset: DatasetName; data: boolean },
  arch?: ArchitectureName,
): Preset {
  if (!data && dataset !== 'folder') return MINI;
  return { ...PUBLISHED, ...PUBLISHED_FOR[arch ?? PUBLISHED.arch] };
}
