import type { Checkpoint, CheckpointName, MetricsLine, RunStore } from '@fbsd/trainer';
import { type Disk, nodeDisk } from '../disk/disk.ts';
import { makeDirectories } from '../disk/durable.ts';
import { type Say, warnAside } from '../display/say.ts';
import { hasCheckpoint, loadCheckpoint, saveCheckpoint, tidyCheckpoint } from './checkpoint.ts';
import { appendMetrics, readMetrics, rewindMetrics, syncMetrics } from './metrics-file.ts';
import { checkpointDirectory } from './run-directory.ts';

/** What a {@link DiskRunStore} may be given. */
export interface DiskRunStoreOptions {
  /** Is told of damaged checkpoints. @default prints to standard error */
  warn?: Say;
  /** What the run is written to. @default the disk, through Node */
  disk?: Disk;
}

/**
 * Keeps a run in a folder: `metrics.jsonl`, `checkpoints/last` and the one before it, `checkpoints/best`. What `save` has
 * kept outlives a power cut, and so do the lines that were appended before it.
 */
export class DiskRunStore implements RunStore {
  /** The folder of the run. */
  readonly directory: string;
  private readonly warn: Say;
  private readonly disk: Disk;

  /** @param directory the folder of the run; it is made when a run begins in it */
  constructor(directory: string, { warn = warnAside, disk = nodeDisk }: DiskRunStoreOptions = {}) {
    this.directory = directory;
    this.warn = warn;
    this.disk = disk;
  }

  async save(name: CheckpointName, checkpoint: Checkpoint): Promise<void> {
    await syncMetrics(this.directory, this.disk);
    await saveCheckpoint(checkpointDirectory(this.directory, name), checkpoint, this.keep(name));
  }

  /**
   * Takes the one before, or one that was just written, in place of one that is damaged, and says so.
   *
   * @throws UserError when there is one that cannot be read
   */
  async load(name: CheckpointName): Promise<Checkpoint | null> {
    const directory = checkpointDirectory(this.directory, name);
    return hasCheckpoint(directory) ? loadCheckpoint(directory, this.warn) : null;
  }

  async append(line: MetricsLine): Promise<void> {
    await appendMetrics(this.directory, line, this.disk);
  }

  /** Reads the lines so far. */
  async metrics(): Promise<MetricsLine[]> {
    return readMetrics(this.directory);
  }

  /** Also finishes or undoes the checkpoints that a killed process left half written. */
  async rewind(step: number): Promise<void> {
    await makeDirectories(this.disk, this.directory);
    await rewindMetrics(this.directory, step, this.disk);
    for (const name of ['last', 'best'] as const) {
      await tidyCheckpoint(checkpointDirectory(this.directory, name), this.keep(name));
    }
  }

  /** To go on from there are two, should one be damaged; in place of the best there is the last. */
  private keep(name: CheckpointName) {
    return { keepPrevious: name === 'last', disk: this.disk };
  }
}
