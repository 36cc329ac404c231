import { TRAIN_DEFAULTS } from '@fbsd/trainer';
import type { RunConfig } from '@fbsd/trainer/run-files';
import { version_core } from '@tensorflow/tfjs-core';
import type { StoredDataset, TrainSettings } from '../engine.ts';

/** The settings of a run, without the file of weights that it began with. */
export interface KeptSettings extends Omit<TrainSettings, 'weights'> {
  /** Of a run of `fbsd train`: the pictures of each kind that it used, or null for all. */
  limit?: number | null;
  /** Of a run of `fbsd train`: the share of each class's training pictures that it is validated with; 0: none. */
  validationSplit?: number;
}

/** Names in the environment of a config, for what the command line has no setting for. */
const DATASET = 'dataset';
const SEED = 'seed';

/**
 * A run's config, as the command line reads it: with its names of settings, and the seed that the data set was split
 * with, so that `fbsd evaluate --data FOLDER` finds the same test pictures in the same folder.
 */
export function configOf(
  settings: KeptSettings,
  { seed, testShare, classNames }: Pick<StoredDataset, 'seed' | 'testShare' | 'classNames'>,
  environment: { backend: string; browser: string },
): RunConfig<object> {
  const { run: _, dataset, ...rest } = settings;
  const { testTimeFlip, ...complete } = { ...TRAIN_DEFAULTS, ...rest };
  return {
    settings: {
      ...complete,
      tta: testTimeFlip ? 'flip' : 'none',
      dataset: 'folder',
      testShare,
      seed,
    },
    classNames,
    environment: {
      ...environment,
      tfjs: version_core,
      [DATASET]: dataset,
      [SEED]: String(complete.seed),
    },
  };
}

/** The settings in a run's config, of this page or of `fbsd train`, which has one seed for all. */
export function settingsOf(run: string, { settings, environment }: RunConfig): KeptSettings {
  const { testShare: _, tta, ...rest } = settings;
  const own = {
    run,
    dataset: environment[DATASET] ?? '',
    seed: Number(environment[SEED] ?? settings['seed']),
    testTimeFlip: tta === 'flip',
  };
  return { ...rest, ...own } as unknown as KeptSettings;
}
