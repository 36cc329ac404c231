import { type Dataset, UserError } from '@fbsd/trainer';
import type { Say } from '../display/say.ts';
import { readRunConfig } from '../run/run-config.ts';
import { runOf } from '../run/run-directory.ts';
import { findTrainedModel, type TrainedModel } from '../run/trained-model.ts';
import type { Given } from '../settings/command-line.ts';
import { refuseForeignFlags } from '../settings/flags.ts';
import { completeSettings, type Settings } from '../settings/settings.ts';
import { downloadDataset, readDataFlags } from './download.ts';
import { datasetOf, openDataset } from './open.ts';

/** The flags that name test images, for commands that test a trained model. */
export const DATA_FLAGS = {
  values: ['dataset', 'data', 'aircraft-level', 'test-share', 'seed', 'limit'],
  switches: ['skip-corrupt', 'crop-banner'],
} as const;

/**
 * Reads the data set that flags name, or else the one that the run of a model learned from.
 *
 * @param folder of a run, of one of its checkpoints, or of a model
 * @returns null when neither tells
 * @throws UserError when the folder holds no model, before anything is fetched or drawn for it
 */
export async function openDataOf(
  folder: string,
  commandLine: Given,
  tell: Say,
): Promise<{ settings: Settings; dataset: Dataset } | null> {
  findTrainedModel(folder);
  const flags = readDataFlags(commandLine);
  const run = runOf(folder);
  if (run === null && !namesData(flags)) return null;
  const stored = run === null ? {} : (await readRunConfig(run)).settings;
  const given = { ...stored, ...flags };
  const settings = completeSettings(await datasetOf(given), given);
  refuseForeignFlags(settings.dataset, flags);
  if (commandLine['download']) await downloadDataset(settings, tell);
  return { settings, dataset: await openDataset(settings, tell) };
}

/** @throws UserError when the model knows other classes than the data set */
export function requireSameClasses(
  { classNames, directory }: Pick<TrainedModel, 'classNames' | 'directory'>,
  dataset: Dataset,
  commandLine: Given,
): void {
  if (classNames.join('\n') === dataset.classNames.join('\n')) return;
  const advice = namesData(readDataFlags(commandLine))
    ? 'Name a model that learned from it with --model'
    : 'Name its data set with --data';
  throw new UserError(
    `[fbsd] the model in ${directory} knows ${classNames.length} classes other than the ${dataset.classNames.length} of ${dataset.root}. ${advice}.`,
  );
}

function namesData(flags: Partial<Settings>): boolean {
  return 'data' in flags || 'dataset' in flags;
}
