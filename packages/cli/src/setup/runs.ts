import { UserError } from '@fbsd/trainer';
import { runsByAge } from '../run/newest-run.ts';
import { readRunConfig } from '../run/run-config.ts';
import { hasTrainedModel } from '../run/trained-model.ts';
import { allRuns, foldersOfRuns, runsOf } from '../settings/paths.ts';
import type { Settings } from '../settings/settings.ts';
import { datasetOf } from './open.ts';

/** The data that are asked for, as far as flags name them. */
type Asked = Partial<Pick<Settings, 'dataset' | 'data'>>;

/** The newest run to go on with: on the data, or the data set, that were asked for, or of all. @throws UserError when there is none */
export async function newestRun(asked: Asked): Promise<string> {
  const folders = await foldersOf(asked);
  const [newest] = await runsByAge(folders);
  if (newest !== undefined) return newest;
  throw new UserError(
    `[fbsd] --resume: there is no run in ${places(folders)}. Name one with --out.`,
  );
}

/**
 * The newest run that has a model to use, of those that {@link newestRun} looks at; where a folder of data was asked for,
 * rather one that learned from it.
 *
 * @throws UserError when there is none
 */
export async function newestTrainedRun(asked: Asked): Promise<string> {
  const folders = await foldersOf(asked);
  const runs = (await runsByAge(folders)).filter(hasTrainedModel);
  for (const run of asked.data ? runs : []) {
    const config = await readRunConfig(run).catch(() => null); // a damaged one
    if (config?.settings.data === asked.data) return run;
  }
  const [newest] = runs;
  if (newest !== undefined) return newest;
  throw new UserError(
    `[fbsd] there is no run with a model in ${places(folders)}. Name a model with --model.`,
  );
}

async function foldersOf({ dataset, data }: Asked): Promise<string[]> {
  if (data)
    return [runsOf({ dataset: await datasetOf({ ...(dataset && { dataset }), data }), data })];
  if (!dataset) return foldersOfRuns();
  return [runsOf({ dataset, data: null }), runsOf({ dataset, data: dataset })];
}

function places(folders: readonly string[]): string {
  return folders.length > 0 ? folders.join(' or ') : allRuns();
}
