import type { RunConfig } from '@fbsd/trainer/run-files';
import type { StoredDataset } from '../engine.ts';
import { settingsOf } from './run-settings.ts';

/**
 * The data set with the pictures of a run: the one that it was begun with or, for a run from elsewhere, one of the same
 * classes.
 */
export function picturesOfRun<T extends Pick<StoredDataset, 'name' | 'classNames'>>(
  config: RunConfig,
  datasets: readonly T[],
): T | undefined {
  const { dataset } = settingsOf('', config);
  const classes = config.classNames.join('\n');
  const fitting = datasets.filter(({ classNames }) => classNames.join('\n') === classes);
  return fitting.find(({ name }) => name === dataset) ?? fitting[0];
}

/** Why tests of a run on these pictures are not to be believed, as sentences; null where they are. */
export function doubtsOf(
  { settings }: RunConfig,
  { name, seed, testShare, train }: StoredDataset,
): string | null {
  if (train.some(({ file }) => /^train\//i.test(file))) return null; // they came split
  if (settings['dataset'] !== 'folder') {
    return 'How its pictures were split when it began is not known here: it may have learned from some that it is tested with.';
  }
  if (settings['seed'] === seed && settings['testShare'] === testShare) return null;
  return `${name} is split otherwise than when the run began: it has learned from some of the pictures that it is tested with. On the screen Data, split by the number ${settings['seed']}, with ${Math.round(100 * Number(settings['testShare']))}% for testing.`;
}
