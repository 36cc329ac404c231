import { AIRCRAFT_LEVELS, DATASETS, type DatasetName } from '@fbsd/datasets';
import { ARCHITECTURES } from '@fbsd/fbsd';
import { ADAMW_DEFAULTS, BATCH_NORMS, SCHEDULES, UserError } from '@fbsd/trainer';
import { PRECISIONS } from '../backend/precision.ts';
import { BACKENDS } from '../backend/select-backend.ts';
import { nearest } from './nearest.ts';
import { HEADS, OPTIMIZERS, TTA } from './presets.ts';
import { RECIPES, type RecipeName, withRecipe } from './recipes.ts';
import type { Settings } from './settings.ts';
import {
  BELOW_1,
  BETWEEN_0_AND_1,
  FILE,
  FOLDER,
  NOT_NEGATIVE,
  oneOf,
  UP_TO_1,
  type ValueKind,
  WEIGHTS,
  wholeNumber,
} from './values.ts';

/** A flag of the command line that takes a value. */
export interface Flag {
  /** The setting that it gives. */
  key: keyof Settings;
  /** Its meaning; help texts add the default. */
  help: string;
  /** The only data set that it means something for. @default all */
  only?: DatasetName;
  /** What it takes. */
  value: ValueKind;
}

/** The flags that take a value; {@link SWITCHES} take none. */
export const FLAGS: Readonly<Record<string, Flag>> = {
  dataset: {
    key: 'dataset',
    help: `${Object.keys(DATASETS).join(' | ')}: folder is any folder with one for each class`,
    value: oneOf(Object.keys(DATASETS)),
  },
  data: {
    key: 'data',
    help: 'folder of the data set (without it: a small one, drawn on the first run)',
    value: FOLDER,
  },
  'aircraft-level': {
    key: 'aircraftLevel',
    help: `classes of FGVC-Aircraft: ${Object.keys(AIRCRAFT_LEVELS).join(' | ')}`,
    value: oneOf(Object.keys(AIRCRAFT_LEVELS)),
    only: 'aircraft',
  },
  'test-share': {
    key: 'testShare',
    help: 'share of each class that is for testing, where a folder has no split of its own',
    value: BETWEEN_0_AND_1,
    only: 'folder',
  },
  'validation-split': {
    key: 'validationSplit',
    help: "share of each class's training images that every epoch is tested on, as 0.1: test images are then tested once, by the best epoch (0: none)",
    value: BELOW_1,
  },
  arch: {
    key: 'arch',
    help: Object.keys(ARCHITECTURES).join(' | '),
    value: oneOf(Object.keys(ARCHITECTURES)),
  },
  head: {
    key: 'head',
    help: `${HEADS.join(' | ')}: FBSD's modules and four classifiers | average pooling and one linear classifier, to compare with`,
    value: oneOf(HEADS),
  },
  limit: {
    key: 'limit',
    help: 'use so many training and so many test images, evenly over the classes',
    value: wholeNumber(2),
  },
  alpha: {
    key: 'alpha',
    help: 'how much the FBSMs boost (0: not at all)',
    value: NOT_NEGATIVE,
  },
  beta: {
    key: 'beta',
    help: 'how much the FBSMs suppress, up to 1 (0: not at all)',
    value: UP_TO_1,
  },
  gamma: {
    key: 'gamma',
    help: 'how much the FDM adds of the other levels (0: nothing)',
    value: NOT_NEGATIVE,
  },
  pretrained: {
    key: 'pretrained',
    help: "weights of the backbone: imagenet fetches torchvision's, timm/resnet50.a1_in1k timm's; or PyTorch's of a file or an address, .pth or .safetensors",
    value: WEIGHTS,
  },
  'init-from': {
    key: 'initFrom',
    help: 'PyTorch weights of a complete FBSD, as the published code writes them',
    value: FILE,
  },
  'image-size': { key: 'imageSize', help: 'side of the input in pixels', value: wholeNumber(1) },
  'batch-size': { key: 'batchSize', help: 'images per batch, 2 or more', value: wholeNumber(2) },
  accumulate: {
    key: 'accumulate',
    help: 'batches per step: a large batch in the memory of a small one',
    value: wholeNumber(1),
  },
  epochs: { key: 'totalEpochs', help: 'times through the training images', value: wholeNumber(1) },
  'learning-rate': {
    key: 'newLearningRate',
    help: 'of FBSMs, conv blocks and classifiers',
    value: NOT_NEGATIVE,
  },
  'pretrained-learning-rate': {
    key: 'pretrainedLearningRate',
    help: 'of the backbone',
    value: NOT_NEGATIVE,
  },
  'layer-decay': {
    key: 'layerDecay',
    help: 'factor of the learning rate from each stage of the backbone to the one before it, as 0.75',
    value: UP_TO_1,
  },
  optimizer: {
    key: 'optimizer',
    help: `${OPTIMIZERS.join(' | ')}: adamw has PyTorch's defaults, learning rate ${ADAMW_DEFAULTS.newLearningRate}, of the backbone a tenth, weight decay ${ADAMW_DEFAULTS.weightDecay}`,
    value: oneOf(OPTIMIZERS),
  },
  momentum: { key: 'momentum', help: 'of sgd', value: BELOW_1 },
  beta1: { key: 'beta1', help: 'of adamw: share of the mean gradient that stays', value: BELOW_1 },
  beta2: {
    key: 'beta2',
    help: 'of adamw: share of the mean squared gradient that stays',
    value: BELOW_1,
  },
  epsilon: {
    key: 'epsilon',
    help: 'of adamw: is added to the root of the mean squared gradient',
    value: NOT_NEGATIVE,
  },
  'weight-decay': { key: 'weightDecay', help: 'of every parameter', value: BELOW_1 },
  schedule: {
    key: 'schedule',
    help: "cosine: down once over the run | reference: the published code's",
    value: oneOf(Object.keys(SCHEDULES)),
  },
  'warmup-steps': {
    key: 'warmupSteps',
    help: 'steps in which the learning rates rise from 0',
    value: wholeNumber(0),
  },
  hflip: {
    key: 'horizontalFlip',
    help: 'probability that a picture of training is mirrored; 0 for what is not the same mirrored, as letters',
    value: UP_TO_1,
  },
  'random-erasing': {
    key: 'randomErasing',
    help: 'probability that a rectangle of a picture is erased in training, as 0.25',
    value: UP_TO_1,
  },
  'label-smoothing': {
    key: 'labelSmoothing',
    help: 'share of the truth that all classes get alike, as 0.1; the loss of tests is without',
    value: BELOW_1,
  },
  tta: {
    key: 'tta',
    help: `${TTA.join(' | ')}: test-time augmentation; flip tests by the mean of the logits of each picture and its mirror image, in twice the time`,
    value: oneOf(TTA),
  },
  ema: {
    key: 'emaDecay',
    help: 'decay of an exponential moving average of the weights, as 0.999, which is tested and kept (0: none)',
    value: BELOW_1,
  },
  seed: {
    key: 'seed',
    help: 'decides weights, order and augmentation',
    value: wholeNumber(0, 2 ** 32 - 1),
  },
  backend: { key: 'backend', help: BACKENDS.join(' | '), value: oneOf(BACKENDS) },
  precision: {
    key: 'precision',
    help: `${PRECISIONS.join(' | ')}: what is multiplied (bf16: backends native and node, float16…: webgpu)`,
    value: oneOf(PRECISIONS),
  },
  'batch-norm': {
    key: 'batchNorm',
    help: `${BATCH_NORMS.join(' | ')}: where several processes train, statistics of the whole batch, or of each one's images`,
    value: oneOf(BATCH_NORMS),
  },
  'log-every': { key: 'logEverySteps', help: 'steps between two log lines', value: wholeNumber(1) },
  'eval-every': {
    key: 'evaluateEveryEpochs',
    help: 'epochs between two tests, or validations; there is one at the end in any case',
    value: wholeNumber(1),
  },
  patience: {
    key: 'patience',
    help: 'end after so many epochs without a better test, or validation',
    value: wholeNumber(1),
  },
  'save-every': {
    key: 'saveEverySteps',
    help: 'steps between two checkpoints within an epoch',
    value: wholeNumber(1),
  },
  'max-pixels': {
    key: 'maxPixels',
    help: 'pixels, width times height, that a picture may have: larger ones are refused',
    value: wholeNumber(1),
  },
  cache: {
    key: 'cache',
    help: 'folder to keep decoded, resized pictures in: faster from the second epoch on, much space',
    value: FOLDER,
  },
};

/** A flag that takes no value. */
export type Switch = Omit<Flag, 'value'>;

/** The flags that take no value. */
export const SWITCHES: Readonly<Record<string, Switch>> = {
  'skip-corrupt': {
    key: 'skipCorrupt',
    help: 'leave out pictures that are missing or cannot be decoded',
  },
  'allow-software': {
    key: 'allowSoftware',
    help: 'let --backend webgpu compute on the CPU, to try it: slower than wasm',
  },
  'trivial-augment': {
    key: 'trivialAugment',
    help: 'one operation of TrivialAugment (wide) on each picture of training: a shift, a turn, other colours …',
  },
  'crop-banner': {
    key: 'cropBanner',
    help: 'cut off the banner below the pictures of FGVC-Aircraft',
    only: 'aircraft',
  },
};

/** The flags that were given, as settings, over those of a recipe. @throws UserError that names a flag with a value that it does not take */
export function readFlags(given: Readonly<Record<string, string | boolean>>): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const [name, { key, value }] of Object.entries(FLAGS)) {
    const text = given[name];
    if (typeof text === 'string') settings[key] = readValue(name, value, text);
  }
  for (const [name, { key }] of Object.entries(SWITCHES)) {
    if (given[name] === true) settings[key] = true;
  }
  const { recipe } = given;
  if (typeof recipe !== 'string') return settings as Partial<Settings>;
  return withRecipe(readValue('recipe', RECIPE, recipe), settings as Partial<Settings>);
}

const RECIPE = oneOf(Object.keys(RECIPES)) as ValueKind<RecipeName>;

/** The value of a flag. @throws UserError that names the flag and says what was expected */
export function readValue<T>(name: string, kind: ValueKind<T>, text: string): T {
  const value = kind.read(text);
  if (value !== undefined) return value;
  const meant = nearest(text, kind.names ?? []);
  const advice = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new UserError(`[fbsd] --${name} takes ${kind.expected}; got '${text}'.${advice}`);
}

/** The flag that gives a setting, with its dashes. */
export function flagOf(key: string): string {
  const all: Record<string, Switch> = { ...FLAGS, ...SWITCHES };
  const name = Object.keys(all).find((name) => all[name]?.key === key);
  return name === undefined ? key : `--${name}`;
}

/** Refuses flags that mean nothing for a data set. @throws UserError that names the first */
export function refuseForeignFlags(dataset: DatasetName, settings: Partial<Settings>): void {
  for (const [name, { key, only }] of Object.entries({ ...FLAGS, ...SWITCHES })) {
    if (only === undefined || only === dataset || !(key in settings)) continue;
    throw new UserError(
      `[fbsd] --${name} is for --dataset ${only} alone; this is ${dataset}. Leave it out.`,
    );
  }
}
