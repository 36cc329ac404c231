import { resolve } from 'node:path';
import { AIRCRAFT_LEVELS, DATASETS } from '@fbsd/datasets';
import { ARCHITECTURES } from '@fbsd/fbsd';
import { SCHEDULES, TRAIN_DEFAULTS, UserError } from '@fbsd/trainer';
import { PRECISIONS } from '../backend/precision.ts';
import { BACKENDS } from '../backend/select-backend.ts';
import { DEFAULTS, type Settings } from './settings.ts';

/** A flag of the command line that takes a value. */
interface Flag {
  /** The setting that it gives. */
  key: keyof Settings;
  /** Its meaning, for help texts. */
  help: string;
  /** Turns its text into the value, or says what was expected. */
  read(text: string): { value: unknown } | { expected: string };
}

const wholeNumber = (least: number, most?: number) => (text: string) =>
  /^\d+$/.test(text) && Number(text) >= least && Number(text) <= (most ?? Number.POSITIVE_INFINITY)
    ? { value: Number(text) }
    : { expected: `a whole number from ${least}${most === undefined ? '' : ` to ${most}`}` };
const rate = (text: string) =>
  text.trim() !== '' && Number(text) >= 0 && Number(text) < Number.POSITIVE_INFINITY
    ? { value: Number(text) }
    : { expected: 'a number from 0' };
const share = (text: string) =>
  text.trim() !== '' && Number(text) > 0 && Number(text) < 1
    ? { value: Number(text) }
    : { expected: 'a number between 0 and 1' };
const oneOf = (names: readonly string[]) => (text: string) =>
  names.includes(text) ? { value: text } : { expected: `one of ${names.join(', ')}` };
const path = (text: string) => (text === '' ? { expected: 'a path' } : { value: resolve(text) });

/** The flags that take a value; {@link SWITCHES} take none. */
export const FLAGS: Readonly<Record<string, Flag>> = {
  dataset: {
    key: 'dataset',
    help: `${Object.keys(DATASETS).join(' | ')}: folder is any folder with one for each class`,
    read: oneOf(Object.keys(DATASETS)),
  },
  data: {
    key: 'data',
    help: 'folder of the data set (without it: a small one, drawn on the first run)',
    read: path,
  },
  'aircraft-level': {
    key: 'aircraftLevel',
    help: `classes of FGVC-Aircraft: ${Object.keys(AIRCRAFT_LEVELS).join(' | ')} (default ${DEFAULTS.aircraftLevel})`,
    read: oneOf(Object.keys(AIRCRAFT_LEVELS)),
  },
  'test-share': {
    key: 'testShare',
    help: `of each class, where a folder has no split of its own (default ${DEFAULTS.testShare})`,
    read: share,
  },
  arch: {
    key: 'arch',
    help: Object.keys(ARCHITECTURES).join(' | '),
    read: oneOf(Object.keys(ARCHITECTURES)),
  },
  limit: {
    key: 'limit',
    help: 'use so many training and so many test images, evenly over the classes',
    read: wholeNumber(2),
  },
  alpha: {
    key: 'alpha',
    help: `how much the FBSMs boost (default ${DEFAULTS.alpha}; 0: not at all)`,
    read: rate,
  },
  beta: {
    key: 'beta',
    help: `how much the FBSMs suppress, up to 1 (default ${DEFAULTS.beta}; 0: not at all)`,
    read: rate,
  },
  gamma: {
    key: 'gamma',
    help: `how much the FDM adds of the other levels (default ${DEFAULTS.gamma}; 0: nothing)`,
    read: rate,
  },
  pretrained: {
    key: 'pretrained',
    help: 'PyTorch weights of the backbone, .pth or .safetensors, as resnet50-0676ba61.pth',
    read: path,
  },
  'init-from': {
    key: 'initFrom',
    help: 'PyTorch weights of a complete FBSD, as the published code writes them',
    read: path,
  },
  'image-size': { key: 'imageSize', help: 'side of the input in pixels', read: wholeNumber(1) },
  'batch-size': { key: 'batchSize', help: 'images per batch, 2 or more', read: wholeNumber(2) },
  accumulate: {
    key: 'accumulate',
    help: `batches per step: a large batch in the memory of a small one (default ${DEFAULTS.accumulate})`,
    read: wholeNumber(1),
  },
  epochs: { key: 'totalEpochs', help: 'times through the training images', read: wholeNumber(1) },
  'learning-rate': {
    key: 'newLearningRate',
    help: 'of FBSMs, conv blocks and classifiers',
    read: rate,
  },
  'pretrained-learning-rate': {
    key: 'pretrainedLearningRate',
    help: 'of the backbone',
    read: rate,
  },
  momentum: { key: 'momentum', help: 'of the optimizer', read: rate },
  'weight-decay': { key: 'weightDecay', help: 'of every parameter', read: rate },
  schedule: {
    key: 'schedule',
    help: "cosine: down once over the run | reference: the published code's",
    read: oneOf(Object.keys(SCHEDULES)),
  },
  'warmup-steps': {
    key: 'warmupSteps',
    help: `steps in which the learning rates rise from 0 (default ${TRAIN_DEFAULTS.warmupSteps}, as published)`,
    read: wholeNumber(0),
  },
  seed: {
    key: 'seed',
    help: 'decides weights, order and augmentation',
    read: wholeNumber(0, 2 ** 32 - 1),
  },
  backend: { key: 'backend', help: BACKENDS.join(' | '), read: oneOf(BACKENDS) },
  precision: {
    key: 'precision',
    help: `${PRECISIONS.join(' | ')}: what is multiplied (bf16: backend node, float16…: webgpu)`,
    read: oneOf(PRECISIONS),
  },
  'log-every': { key: 'logEverySteps', help: 'steps between two log lines', read: wholeNumber(1) },
  'eval-every': {
    key: 'evaluateEveryEpochs',
    help: `epochs between two tests (default ${DEFAULTS.evaluateEveryEpochs}); there is one at the end in any case`,
    read: wholeNumber(1),
  },
  patience: {
    key: 'patience',
    help: 'end after so many epochs without a better test',
    read: wholeNumber(1),
  },
  'save-every': {
    key: 'saveEverySteps',
    help: `steps between two checkpoints within an epoch (default ${DEFAULTS.saveEverySteps})`,
    read: wholeNumber(1),
  },
  cache: {
    key: 'cache',
    help: 'folder to keep decoded, resized pictures in: faster from the second epoch on, much space',
    read: path,
  },
};

/** The flags that take no value. */
export const SWITCHES = {
  'skip-corrupt': {
    key: 'skipCorrupt',
    help: 'leave out pictures that are missing or cannot be decoded',
  },
  'allow-software': {
    key: 'allowSoftware',
    help: 'let --backend webgpu compute on the CPU, to try it: slower than wasm',
  },
  'crop-banner': {
    key: 'cropBanner',
    help: 'cut off the banner below the pictures of FGVC-Aircraft',
  },
} as const satisfies Record<string, { key: keyof Settings; help: string }>;

/** A line of help for each flag. */
export function helpOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) =>
      name in FLAGS
        ? [`${name} …`, (FLAGS[name] as Flag).help]
        : [name, SWITCHES[name as keyof typeof SWITCHES].help],
    ),
  );
}

/** The flags that were given, as settings. */
export function readFlags(given: Readonly<Record<string, string | boolean>>): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const [name, { key, read }] of Object.entries(FLAGS)) {
    const value = given[name];
    if (typeof value !== 'string') continue;
    const result = read(value);
    if ('expected' in result) {
      throw new UserError(`[fbsd] --${name} takes ${result.expected}; got '${value}'.`);
    }
    settings[key] = result.value;
  }
  for (const [name, { key }] of Object.entries(SWITCHES)) {
    if (given[name] === true) settings[key] = true;
  }
  return settings as Partial<Settings>;
}
