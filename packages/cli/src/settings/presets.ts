import type { DatasetName } from '@fbsd/datasets';
import type { ArchitectureName } from '@fbsd/fbsd';
import { ADAMW_DEFAULTS, SGD_DEFAULTS, TRAIN_DEFAULTS } from '@fbsd/trainer';

/** The optimizers, by the names of their flag. */
export const OPTIMIZERS = ['sgd', 'adamw'] as const;
/** The name of an optimizer. */
export type OptimizerName = (typeof OPTIMIZERS)[number];

/** What a network has on its backbone, by the names of their flag. */
export const HEADS = ['fbsd', 'linear'] as const;
/** The name of a head. */
export type HeadName = (typeof HEADS)[number];

/** Kinds of test-time augmentation, by the names of their flag. */
export const TTA = ['none', 'flip'] as const;
/** The name of a kind of test-time augmentation. */
export type TtaName = (typeof TTA)[number];

/** The settings that a preset decides; all others have a default that fits every run. */
export interface Preset {
  /** The backbone, with the head that fits it. */
  arch: ArchitectureName;
  /** Side of the images in pixels. */
  imageSize: number;
  /** Images per batch. */
  batchSize: number;
  /** Times through the training images. */
  totalEpochs: number;
  /** Learning rate of FBSMs, conv blocks and classifiers. */
  newLearningRate: number;
  /** Learning rate of the backbone. */
  pretrainedLearningRate: number;
  /** Steps in which the learning rates rise from 0. */
  warmupSteps: number;
  /** Steps between two logged lines. */
  logEverySteps: number;
}

const { warmupSteps, logEverySteps } = TRAIN_DEFAULTS;
const { newLearningRate, pretrainedLearningRate } = SGD_DEFAULTS;

/** As FBSD was published, the same for every data set. */
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

/** For a small network from random weights on a small drawn data set: minutes on two CPUs. */
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

/** On the harder birds: fewer pictures, which are learned from for longer. */
const MINI_HARD: Preset = { ...MINI, totalEpochs: 20 };

/**
 * What AdamW has other than SGD: PyTorch's defaults, with published weights a tenth of the learning rate for the backbone,
 * from random ones the same.
 */
export function adamwSettings(drawn: boolean) {
  const { newLearningRate, pretrainedLearningRate, weightDecay } = ADAMW_DEFAULTS;
  return {
    newLearningRate,
    pretrainedLearningRate: drawn ? newLearningRate : pretrainedLearningRate,
    weightDecay,
  };
}

/** Tells if a data set is drawn. @param data true if there is a folder of data */
export function isDrawn({ dataset, data }: { dataset: DatasetName; data: boolean }): boolean {
  return !data && dataset !== 'folder';
}

/**
 * Chooses the settings to start from.
 *
 * @param of with `data: true` if there is a folder of data; without it the drawn data set is trained on
 * @param arch the architecture that was asked for, if one was
 */
export function presetFor(
  of: { dataset: DatasetName; data: boolean },
  arch?: ArchitectureName,
): Preset {
  if (isDrawn(of)) return of.dataset === 'cub-hard' ? MINI_HARD : MINI;
  return { ...PUBLISHED, ...PUBLISHED_FOR[arch ?? PUBLISHED.arch] };
}
