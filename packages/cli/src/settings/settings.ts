import { type AircraftLevel, type DatasetName, PICTURE_LIMITS } from '@fbsd/datasets';
import { FBSD_DEFAULTS } from '@fbsd/fbsd';
import {
  ADAMW_DEFAULTS,
  type BatchNormMode,
  type ScheduleName,
  SGD_DEFAULTS,
  SPLIT_DEFAULTS,
  TRAIN_DEFAULTS,
  UserError,
} from '@fbsd/trainer';
import type { Precision } from '../backend/precision.ts';
import type { BackendName } from '../backend/select-backend.ts';
import { flagOf } from './flags.ts';
import {
  adamwSettings,
  type HeadName,
  isDrawn,
  type OptimizerName,
  type Preset,
  presetFor,
  type TtaName,
} from './presets.ts';

/** Everything that decides a run: the content of its `config.json`. Paths are absolute. */
export interface Settings extends Preset {
  dataset: DatasetName;
  /** Folder of the data set, or null for the drawn mini data set. */
  data: string | null;
  /** The level of FGVC-Aircraft whose classes are learned. */
  aircraftLevel: AircraftLevel;
  /** Cut off the banner below the pictures of FGVC-Aircraft. */
  cropBanner: boolean;
  /** Share of each class that is for testing, where a folder has no split. */
  testShare: number;
  /** Share of each class's training images that is for validation; 0: there is none. */
  validationSplit: number;
  /** Training and test images that are used of each, or null for all. */
  limit: number | null;
  /** What is on the backbone. */
  head: HeadName;
  /** How much FBSMs boost and suppress, and how much the FDM adds; 0 switches each off. */
  alpha: number;
  beta: number;
  gamma: number;
  /** PyTorch weights of the backbone, or null to start from random ones. */
  pretrained: string | null;
  /** PyTorch weights of a complete FBSD, or null. */
  initFrom: string | null;
  /** Folder of the checkpoint of another run that this one began with, or null. */
  from: string | null;
  /** Batches per step. */
  accumulate: number;
  optimizer: OptimizerName;
  /** Of the learning rate, from stage to stage of the backbone. */
  layerDecay: number;
  /** Of SGD. */
  momentum: number;
  /** Of AdamW. */
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  schedule: ScheduleName;
  /** Probability that a picture of training is mirrored. */
  horizontalFlip: number;
  /** TrivialAugment on the pictures of training. */
  trivialAugment: boolean;
  /** Probability that a rectangle of a picture is erased in training. */
  randomErasing: number;
  /** ε of label smoothing. */
  labelSmoothing: number;
  /** Test-time augmentation: tests by each picture and its mirror image. */
  tta: TtaName;
  /** Share of the average of the weights that stays from step to step; 0: there is none. */
  emaDecay: number;
  seed: number;
  backend: BackendName;
  precision: Precision;
  /** Whose statistics batch norms take where several processes train. */
  batchNorm: BatchNormMode;
  /** Lets the backend webgpu compute on a CPU. */
  allowSoftware: boolean;
  saveEverySteps: number;
  /** Epochs between two tests or validations. */
  evaluateEveryEpochs: number;
  /** Epochs without a better test or validation after which training ends, or null. */
  patience: number | null;
  skipCorrupt: boolean;
  /** Width times height that a picture may have. */
  maxPixels: number;
  /** Folder where decoded pictures are kept, or null. */
  cache: string | null;
}

/** The default of every setting that no preset decides. */
export const DEFAULTS = {
  limit: null,
  data: null,
  evaluateEveryEpochs: TRAIN_DEFAULTS.evaluateEveryEpochs,
  patience: TRAIN_DEFAULTS.patience,
  head: 'fbsd',
  alpha: FBSD_DEFAULTS.alpha,
  beta: FBSD_DEFAULTS.beta,
  gamma: FBSD_DEFAULTS.gamma,
  aircraftLevel: 'variant',
  cropBanner: false,
  testShare: SPLIT_DEFAULTS.testShare,
  validationSplit: 0,
  pretrained: null,
  initFrom: null,
  from: null,
  accumulate: TRAIN_DEFAULTS.accumulate,
  optimizer: 'sgd',
  layerDecay: SGD_DEFAULTS.layerDecay,
  momentum: SGD_DEFAULTS.momentum,
  beta1: ADAMW_DEFAULTS.beta1,
  beta2: ADAMW_DEFAULTS.beta2,
  epsilon: ADAMW_DEFAULTS.epsilon,
  weightDecay: SGD_DEFAULTS.weightDecay,
  schedule: TRAIN_DEFAULTS.schedule,
  horizontalFlip: TRAIN_DEFAULTS.horizontalFlip,
  trivialAugment: TRAIN_DEFAULTS.trivialAugment,
  randomErasing: TRAIN_DEFAULTS.randomErasing,
  labelSmoothing: TRAIN_DEFAULTS.labelSmoothing,
  tta: 'none',
  emaDecay: 0,
  seed: TRAIN_DEFAULTS.seed,
  backend: 'auto',
  precision: 'float32',
  batchNorm: TRAIN_DEFAULTS.batchNorm,
  allowSoftware: false,
  saveEverySteps: TRAIN_DEFAULTS.saveEverySteps,
  skipCorrupt: false,
  maxPixels: PICTURE_LIMITS.maxPixels,
  cache: null,
} as const satisfies Omit<Settings, keyof Preset | 'dataset'>;

/** The settings of a new run: those given, over the preset of the data set, over the defaults. */
export function completeSettings(dataset: DatasetName, given: Partial<Settings>): Settings {
  const of = { dataset, data: Boolean(given.data) };
  const usual = { ...DEFAULTS, ...presetFor(of, given.arch) };
  const ofOptimizer = given.optimizer === 'adamw' ? adamwSettings(isDrawn(of)) : {};
  return { ...usual, ...ofOptimizer, dataset, ...given };
}

/** The settings that do not decide what a run comes to, but for the number of its epochs, with which it goes on. */
export const FREE_ON_RESUME: readonly (keyof Settings)[] = [
  'data',
  'backend',
  'allowSoftware',
  'logEverySteps',
  'saveEverySteps',
  'skipCorrupt',
  'maxPixels',
  'cache',
  'totalEpochs',
];

/**
 * The settings of a run that is resumed: those it started with. Only where the data lies, the backend, the cache,
 * how often to log and to save, and the number of epochs may differ; anything else would make it another run.
 *
 * @throws UserError that names the settings that differ
 */
export function resumedSettings(stored: Settings, given: Partial<Settings>): Settings {
  const differing = (Object.keys(given) as (keyof Settings)[]).filter(
    (key) => !FREE_ON_RESUME.includes(key) && given[key] !== stored[key],
  );
  if (differing.length > 0) {
    const list = differing.map((key) => `${flagOf(key)} ${stored[key]} → ${given[key]}`).join(', ');
    throw new UserError(
      `[fbsd] --resume goes on with the settings that the run started with, but these differ: ${list}. Leave them out, or start a new run from it with --from.`,
    );
  }
  return { ...stored, ...given };
}
