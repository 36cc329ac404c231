import { resolve } from 'node:path';
import { ensureDownloaded, SOURCES, type Transfer } from '../data/index.ts';
import { bytes, duration, percent } from '../format.ts';
import type { Given } from './command-line.ts';
import { readFlags } from './flags.ts';
import { fromCallerDirectory, type Say } from './open.ts';
import type { Settings } from './settings.ts';
import { StatusLine } from './status-line.ts';

/** What --download means, for help texts. */
export const DOWNLOAD_HELP =
  'fetch the data set if it is not there yet, into --data or data/<data set>';

/** The flags as settings; with --download and no --data, the data are in data/<data set>. */
export function readDataFlags(given: Given): Partial<Settings> {
  const flags = readFlags(given);
  if (!given['download'] || flags.data !== undefined) return flags;
  return { ...flags, data: resolve('data', flags.dataset ?? 'cub') };
}

/** Fetches the data set that the settings name, unless its folder holds something. */
export async function downloadDataset(
  { dataset, data }: Pick<Settings, 'dataset' | 'data'>,
  say: Say,
): Promise<void> {
  const folder = fromCallerDirectory(data ?? resolve('data', dataset));
  const display = new TransferDisplay(say);
  try {
    const { downloaded } = await ensureDownloaded(SOURCES[dataset], folder, {
      onProgress: display.show,
      onRetry: (reason) => display.say(`data     ${reason}: trying again`),
    });
    display.end();
    if (!downloaded) say(`data     ${folder} is there: nothing to fetch`);
  } finally {
    display.end();
  }
}

/** Shows how a download goes: a bar that moves on a terminal, a line every tenth of what is fetched elsewhere. */
export class TransferDisplay {
  private readonly status: StatusLine;
  private readonly write: Say;
  private what = '';
  private tenth = -1;
  private start = { time: 0, done: 0 };

  /** @param stream default: standard output */
  constructor(write: Say, stream?: NodeJS.WriteStream) {
    this.write = write;
    this.status = new StatusLine(stream);
  }

  show = ({ step, file, done, total }: Transfer): void => {
    const what = `${step} ${file}`;
    if (what !== this.what) {
      this.what = what;
      this.tenth = -1;
      this.start = { time: performance.now(), done };
    }
    const share = total === undefined ? 0 : done / total;
    const tenth = Math.floor(share * 10);
    const before = `data     ${what}`;
    const size = total === undefined ? bytes(done) : `${percent(share, 0)} of ${bytes(total)}`;
    if (this.status.moves) {
      const perSecond = (1000 * (done - this.start.done)) / (performance.now() - this.start.time);
      const left = total === undefined ? '' : `  ${duration((total - done) / perSecond)} left`;
      this.status.show(before, share, `${size}  ${bytes(perSecond)}/s${left}`);
    } else if (step === 'fetching' ? tenth > this.tenth : this.tenth < 0) {
      this.write(`${before}: ${size}`);
    }
    this.tenth = tenth;
  };

  say(line: string): void {
    this.status.clear();
    this.write(line);
  }

  end(): void {
    this.status.clear();
  }
}
