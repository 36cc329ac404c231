import { mkdir } from 'node:fs/promises';
import type { Checkpoint, CheckpointName, MetricsLine, RunStore } from '@fbsd/trainer';
import { hasCheckpoint, loadCheckpoint, saveCheckpoint, tidyCheckpoint } from './checkpoint.ts';
import { appendMetrics, readMetrics, rewindMetrics } from './metrics-file.ts';
import { checkpointDirectory } from './run-directory.ts';

/** Keeps a run in a folder: `metrics.jsonl`, `checkpoints/last` and `checkpoints/best`. */
export class DiskRunStore implements RunStore {
  /** The folder of the run. */
  readonly directory: string;

  /** @param directory the folder of the run; it is made when a run begins in it */
  constructor(directory: string) {
    this.directory = directory;
  }

  async save(name: CheckpointName, checkpoint: Checkpoint): Promise<void> {
    await saveCheckpoint(checkpointDirectory(this.directory, name), checkpoint);
  }

  /** @throws UserError when there is one that cannot be read */
  async load(name: CheckpointName): Promise<Checkpoint | null> {
    const directory = checkpointDirectory(this.directory, name);
    return hasCheckpoint(directory) ? loadCheckpoint(directory) : null;
  }

  async append(line: MetricsLine): Promise<void> {
    await appendMetrics(this.directory, line);
  }

  /** Reads the lines so far. */
  async metrics(): Promise<MetricsLine[]> {
    return readMetrics(this.directory);
  }

  /** Also finishes or undoes the checkpoints that a killed process left half written. */
  async rewind(step: number): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await rewindMetrics(this.directory, step);
    for (const name of ['last', 'best'] as const) {
      await tidyCheckpoint(checkpointDirectory(this.directory, name));
    }
  }
}
