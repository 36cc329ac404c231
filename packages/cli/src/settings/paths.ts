import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DatasetName } from '@fbsd/datasets';

/** The folder with a folder of runs for each data set. */
export function allRuns(): string {
  return resolve('runs');
}

/** The folders in it. */
export async function foldersOfRuns(): Promise<string[]> {
  const names = await readdir(allRuns()).catch(() => []); // nothing has been trained yet
  return names.map((name) => join(allRuns(), name));
}

/** The folder of the runs on a data set, or on its drawn one. */
export function runsOf({ dataset, data }: { dataset: DatasetName; data: string | null }): string {
  return join(allRuns(), data === null ? `mini-${dataset}` : dataset);
}

/** The folder that a data set is downloaded to unless another is named. */
export function downloadsOf(dataset: DatasetName): string {
  return resolve('data', dataset);
}

/** The folder that a small data set is drawn in. */
export function drawnFolderOf(dataset: DatasetName): string {
  return resolve('data', `mini-${dataset}`);
}

/**
 * The folder of files that are fetched once for all runs: `FBSD_CACHE`, or else `fbsd` in the platform's folder of caches.
 */
export function cacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const { FBSD_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (FBSD_CACHE) return resolve(FBSD_CACHE);
  const home = homedir();
  if (platform === 'win32') {
    return join(LOCALAPPDATA || join(home, 'AppData', 'Local'), 'fbsd', 'Cache');
  }
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'fbsd');
  return join(XDG_CACHE_HOME || join(home, '.cache'), 'fbsd');
}
