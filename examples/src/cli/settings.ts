import { readFile } from 'node:fs/promises';
import { ARCHITECTURES, type ArchitectureName } from '@fbsd/fbsd';
import { AIRCRAFT_LEVELS, type AircraftLevel, DATASETS, type DatasetName } from '../data/index.ts';
import { BACKENDS, type BackendName } from '../train/backend.ts';
import { PRECISIONS, type Precision } from '../train/precision.ts';
import { SCHEDULES, type ScheduleName } from '../train/schedule.ts';

/** Everything that decides a run; what `config.json` holds. */
export interface Settings {
  dataset: DatasetName;
  /** Folder of the data set, or null for the drawn mini data set. */
  data: string | null;
  /** What the classes of FGVC-Aircraft are. */
  aircraftLevel: AircraftLevel;
  /** Cut off the strip below the pictures of FGVC-Aircraft. */
  cropBanner: boolean;
  /** Share of each class that is for testing, where a folder has no split. */
  testShare: number;
  arch: ArchitectureName;
  /** Training and test images that are used of each, or null for all. */
  limit: number | null;
  /** How much FBSMs boost and suppress, and how much the FDM adds; 0 switches each off. */
  alpha: number;
  beta: number;
  gamma: number;
  /** PyTorch weights of the backbone, or null to start from random ones. */
  pretrained: string | null;
  /** PyTorch weights of a complete FBSD, or null. */
  initFrom: string | null;
  /** Pixels. */
  imageSize: number;
  batchSize: number;
  /** Batches per step. */
  accumulate: number;
  totalEpochs: number;
  newLearningRate: number;
  pretrainedLearningRate: number;
  momentum: number;
  weightDecay: number;
  schedule: ScheduleName;
  /** Steps. */
  warmupSteps: number;
  seed: number;
  backend: BackendName;
  precision: Precision;
  /** Whether the backend webgpu may compute on a CPU. */
  allowSoftware: boolean;
  logEverySteps: number;
  saveEverySteps: number;
  /** Epochs between two tests. */
  evaluateEveryEpochs: number;
  /** Epochs without a better test after which training ends, or null. */
  patience: number | null;
  skipCorrupt: boolean;
  /** Folder where decoded pictures are kept, or null. */
  cache: string | null;
}

/** One flag of the command line: its key in {@link Settings}, what it takes, what it means. */
interface Flag {
  key: keyof Settings;
  help: string;
  /** Turns its text into the value, or says what was expected. */
  read(text: string): { value: unknown } | { expected: string };
}

const wholeNumber = (least: number) => (text: string) =>
  /^\d+$/.test(text) && Number(text) >= least
    ? { value: Number(text) }
    : { expected: `a whole number from ${least}` };
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
const text = (value: string) => (value === '' ? { expected: 'a path' } : { value });

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
    read: text,
  },
  'aircraft-level': {
    key: 'aircraftLevel',
    help: `classes of FGVC-Aircraft: ${Object.keys(AIRCRAFT_LEVELS).join(' | ')} (default variant)`,
    read: oneOf(Object.keys(AIRCRAFT_LEVELS)),
  },
  'test-share': {
    key: 'testShare',
    help: 'of each class, where a folder has no split of its own (default 0.2)',
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
    help: 'how much the FBSMs boost (default 0.5; 0: not at all)',
    read: rate,
  },
  beta: {
    key: 'beta',
    help: 'how much the FBSMs suppress, up to 1 (default 0.5; 0: not at all)',
    read: rate,
  },
  gamma: {
    key: 'gamma',
    help: 'how much the FDM adds of the other levels (default 1; 0: nothing)',
    read: rate,
  },
  pretrained: {
    key: 'pretrained',
    help: 'PyTorch weights of the backbone, .pth or .safetensors, as resnet50-0676ba61.pth',
    read: text,
  },
  'init-from': {
    key: 'initFrom',
    help: 'PyTorch weights of a complete FBSD, as the published code writes them',
    read: text,
  },
  'image-size': { key: 'imageSize', help: 'side of the input in pixels', read: wholeNumber(1) },
  'batch-size': { key: 'batchSize', help: 'images per batch, 2 or more', read: wholeNumber(2) },
  accumulate: {
    key: 'accumulate',
    help: 'batches per step: a large batch in the memory of a small one (default 1)',
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
  momentum: { key: 'momentum', help: 'of the optimiser', read: rate },
  'weight-decay': { key: 'weightDecay', help: 'of every parameter', read: rate },
  schedule: {
    key: 'schedule',
    help: "cosine: down once over the run | reference: the published code's",
    read: oneOf(Object.keys(SCHEDULES)),
  },
  'warmup-steps': {
    key: 'warmupSteps',
    help: 'steps in which the learning rates rise from 0 (default 0, as published)',
    read: wholeNumber(0),
  },
  seed: { key: 'seed', help: 'decides weights, order and augmentation', read: wholeNumber(0) },
  backend: { key: 'backend', help: BACKENDS.join(' | '), read: oneOf(BACKENDS) },
  precision: {
    key: 'precision',
    help: `${PRECISIONS.join(' | ')}: bf16 rounds what TensorFlow multiplies; newer CPUs, backend node`,
    read: oneOf(PRECISIONS),
  },
  'log-every': { key: 'logEverySteps', help: 'steps between two log lines', read: wholeNumber(1) },
  'eval-every': {
    key: 'evaluateEveryEpochs',
    help: 'epochs between two tests (default 1); there is one at the end in any case',
    read: wholeNumber(1),
  },
  patience: {
    key: 'patience',
    help: 'end after so many epochs without a better test',
    read: wholeNumber(1),
  },
  'save-every': {
    key: 'saveEverySteps',
    help: 'steps between two checkpoints within an epoch (default 200)',
    read: wholeNumber(1),
  },
  cache: {
    key: 'cache',
    help: 'folder to keep decoded, resized pictures in: faster from the second epoch on, much space',
    read: text,
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
    help: 'cut off the strip below the pictures of FGVC-Aircraft',
  },
} as const satisfies Record<string, { key: keyof Settings; help: string }>;

const COMMON = {
  limit: null,
  evaluateEveryEpochs: 1,
  patience: null,
  alpha: 0.5,
  beta: 0.5,
  gamma: 1,
  aircraftLevel: 'variant',
  cropBanner: false,
  testShare: 0.2,
  pretrained: null,
  initFrom: null,
  accumulate: 1,
  momentum: 0.9,
  weightDecay: 5e-4,
  warmupSteps: 0,
  seed: 666,
  backend: 'auto',
  precision: 'float32',
  allowSoftware: false,
  saveEverySteps: 200,
  skipCorrupt: false,
  cache: null,
} as const satisfies Partial<Settings>;

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
      throw new RangeError(`[fbsd] --${name} takes ${result.expected}; got '${value}'.`);
    }
    settings[key] = result.value;
  }
  for (const [name, { key }] of Object.entries(SWITCHES)) {
    if (given[name] === true) settings[key] = true;
  }
  return settings as Partial<Settings>;
}

/** What a preset holds: settings, and those that another architecture needs, by its name. */
type Preset = Partial<Settings> & { [arch in ArchitectureName]?: Partial<Settings> };

/** The settings of a new run: what was given, over the preset of the data set, over what is common. */
export async function completeSettings(
  dataset: Settings['dataset'],
  given: Partial<Settings>,
): Promise<Settings> {
  const path = given.data ? `${dataset}/${dataset}.json` : `${dataset}/mini.json`;
  const file = new URL(`../../${path}`, import.meta.url);
  const preset = JSON.parse(await readFile(file, 'utf8')) as Preset;
  const arch = given.arch ?? preset.arch;
  const settings: Record<string, unknown> = { ...COMMON, dataset, data: null, ...preset };
  for (const name of Object.keys(ARCHITECTURES)) delete settings[name];
  return { ...settings, ...(arch && preset[arch]), ...given } as Settings;
}

/**
 * The settings of a run that is resumed: those it started with. Only where the data lies, the
 * backend, the cache and how often to log and to save may differ; anything else would make it another run.
 *
 * @throws Error that names the flags that differ
 */
export function resumedSettings(stored: Settings, given: Partial<Settings>): Settings {
  const free: readonly (keyof Settings)[] = [
    'data',
    'backend',
    'allowSoftware',
    'logEverySteps',
    'saveEverySteps',
    'skipCorrupt',
    'cache',
  ];
  const differing = (Object.keys(given) as (keyof Settings)[]).filter(
    (key) => !free.includes(key) && given[key] !== stored[key],
  );
  if (differing.length > 0) {
    const list = differing.map((key) => `${key}: ${stored[key]} → ${given[key]}`).join(', ');
    throw new Error(
      `[fbsd] --resume goes on with the settings that the run started with, but these differ: ${list}. Leave them out, or start a new run.`,
    );
  }
  return { ...stored, ...given };
}
