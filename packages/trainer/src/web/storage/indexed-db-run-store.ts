import { folderOf } from '../../run-files/given-files.ts';
import {
  ChecksummedFolder,
  checkpointPath,
  eachCheckpointFile,
  readCheckpointFiles,
} from '../../run-files/index.ts';
import type { MetricsLine } from '../../train/metrics.ts';
import type { Checkpoint, CheckpointName, RunStore } from '../../train/run-store.ts';
import { UserError } from '../../user-error.ts';
import { giveBack } from '../give-back.ts';
import { resultOf, transact } from './database.ts';
import type { KeptRun } from './indexed-db-runs.ts';
import {
  CHECKPOINTS,
  type CheckpointRecord,
  deleteLines,
  LINES,
  type LineRecord,
  lockRun,
  RUNS,
  sizeOf,
  stored,
} from './run-records.ts';

/**
 * Keeps a run in the browser: a tab that is closed, crashes or is killed goes on from the last checkpoint, to the same
 * weights. Each checkpoint is one transaction, on the disk itself when `save` returns. From {@link IndexedDbRuns}.
 *
 * Whoever writes first, as `train` does, has the run for itself until {@link release}, or until its tab ends.
 */
export class IndexedDbRunStore implements RunStore {
  /** Of the run. */
  readonly name: string;
  private readonly database: IDBDatabase;
  private locked: Promise<() => void> | null = null;

  constructor(database: IDBDatabase, name: string) {
    this.database = database;
    this.name = name;
  }

  /** @throws UserError when the storage is full, the checkpoint before is whole then; when another tab trains the run */
  async save(name: CheckpointName, checkpoint: Checkpoint): Promise<void> {
    await this.lock();
    const progress = structuredClone(checkpoint.progress); // which the run will change
    const record: CheckpointRecord = { run: this.name, name, files: [] };
    await eachCheckpointFile(checkpoint, (file) => {
      record.files.push(stored(file));
      giveBack(file.bytes.buffer);
    });
    const keeps = `the checkpoint of step ${progress.step}`;
    await this.transact([RUNS, CHECKPOINTS], keeps, async (transaction) => {
      const run = await resultOf<KeptRun | undefined>(transaction.objectStore(RUNS).get(this.name));
      if (!run) {
        throw new UserError(`[@fbsd/trainer] the run '${this.name}' was deleted meanwhile.`);
      }
      const kept = {
        ...run,
        progress: { ...run.progress, [name]: progress },
        bytes: { ...run.bytes, [name]: sizeOf(record) },
      };
      transaction.objectStore(RUNS).put(kept);
      await resultOf(transaction.objectStore(CHECKPOINTS).put(record));
    });
  }

  /** @throws UserError that names what is damaged, or of a newer version */
  async load(name: CheckpointName): Promise<Checkpoint | null> {
    const record = await this.transact([CHECKPOINTS], undefined, (transaction) =>
      resultOf<CheckpointRecord | undefined>(
        transaction.objectStore(CHECKPOINTS).get([this.name, name]),
      ),
    );
    if (!record) return null;
    const folder = folderOf(record.files, '', `${this.name}/${checkpointPath(name)}/`);
    const contents: Uint8Array[] = [];
    const read = async (file: string) => {
      const content = await folder.read(file);
      contents.push(content);
      return content;
    };
    try {
      return await readCheckpointFiles(await ChecksummedFolder.open({ ...folder, read }));
    } finally {
      for (const { buffer } of contents) giveBack(buffer); // model and tensors have copies
    }
  }

  async append(line: MetricsLine): Promise<void> {
    await this.lock();
    const record: LineRecord = { run: this.name, line };
    await this.transact([LINES], 'a line of the metrics', (transaction) =>
      resultOf(transaction.objectStore(LINES).add(record)),
    );
  }

  /** Reads the lines so far. */
  async metrics(): Promise<MetricsLine[]> {
    const records = await this.transact([LINES], undefined, (transaction) =>
      resultOf<LineRecord[]>(transaction.objectStore(LINES).index('run').getAll(this.name)),
    );
    return records.map(({ line }) => line);
  }

  async rewind(step: number): Promise<void> {
    await this.lock();
    await this.transact([LINES], 'what is left of the metrics', (transaction) =>
      deleteLines(transaction, this.name, (line) => line.step > step),
    );
  }

  /** Lets others write to the run, which this object does no more. */
  async release(): Promise<void> {
    const release = await this.locked?.catch(() => null);
    this.locked = null;
    release?.();
  }

  private async lock(): Promise<void> {
    this.locked ??= lockRun(this.database, this.name);
    try {
      await this.locked;
    } catch (error) {
      this.locked = null; // another time it may be free
      throw error;
    }
  }

  private transact<T>(
    stores: string[],
    keeps: string | undefined,
    work: (transaction: IDBTransaction) => Promise<T>,
  ): Promise<T> {
    return transact(this.database, { stores, ...(keeps && { keeps }) }, work);
  }
}
