import { ensureDownloaded, SOURCES } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';
import type { Say } from '../display/say.ts';
import { TransferDisplay } from '../display/transfer-display.ts';
import type { Given } from '../settings/command-line.ts';
import { readFlags } from '../settings/flags.ts';
import { downloadsOf } from '../settings/paths.ts';
import type { Settings } from '../settings/settings.ts';

/** The meaning of --download, for help texts. */
export const DOWNLOAD_HELP =
  'fetch the data set if it is not there yet, into --data or data/<data set>';

/** The flags as settings; with --download and no --data, the data are in data/<data set>. */
export function readDataFlags(given: Given): Partial<Settings> {
  const flags = readFlags(given);
  if (!given['download']) return flags;
  const dataset = flags.dataset ?? 'cub';
  return { dataset, data: downloadsOf(dataset), ...flags };
}

/** Fetches the data set that the settings name, unless its folder holds something. */
export async function downloadDataset(
  { dataset, data }: Pick<Settings, 'dataset' | 'data'>,
  say: Say,
): Promise<void> {
  const folder = data ?? downloadsOf(dataset);
  const source = SOURCES[dataset];
  const display = new TransferDisplay(say, 'data');
  try {
    const { downloaded } = await ensureDownloaded(source, folder, {
      onProgress: display.show,
      onRetry: (reason) => display.say(`${reason}: trying again`),
    });
    display.end();
    if (!downloaded) say(`data     ${folder} is there: nothing to fetch`);
  } catch (error) {
    if (!('advice' in source && error instanceof UserError)) throw error;
    throw new UserError(`${error.message}\nName its folder with --data.`, { cause: error });
  } finally {
    display.end();
  }
}
