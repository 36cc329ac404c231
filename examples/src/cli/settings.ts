import { readFile } from 'node:fs/promises';
import { ARCHITECTURES, type ArchitectureName } from '@fbsd/fbsd';
import type { AircraftLevel, DatasetName } from '../data/index.ts';
import type { BackendName } from '../train/backend.ts';
import type { Precision } from '../train/precision.ts';
import type { ScheduleName } from '../train/schedule.ts';

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
