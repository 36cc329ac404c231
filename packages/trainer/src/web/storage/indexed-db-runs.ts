import {
  type FoundCheckpoint,
  type RunConfig,
  type RunFile,
  readRunFiles,
  runFiles,
} from '../../run-files/index.ts';
import type { Progress } from '../../train/progress.ts';
import type { CheckpointName } from '../../train/run-store.ts';
import { UserError } from '../../user-error.ts';
import { type ModelFiles, withPaths } from '../given-by-person.ts';
import { openDatabase, resultOf, transact } from './database.ts';
import { IndexedDbRunStore } from './indexed-db-run-store.ts';
import {
  CHECKPOINTS,
  deleteLines,
  everythingOf,
  LINES,
  type LineRecord,
  lockRun,
  RUNS,
  sizeOf,
  stored,
} from './run-records.ts';

/** Changes with the stores. */
const VERSION = 1;

/** A run that this browser keeps. */
export interface KeptRun {
  /** Its own. */
  name: string;
  /** When it was begun. */
  begun: Date;
  /** How it was begun. */
  config: RunConfig;
  /** Where its checkpoints stand; null where there is none. */
  progress: Readonly<Record<CheckpointName, Progress | null>>;
  /** How large they are; 0 where there is none. */
  bytes: Readonly<Record<CheckpointName, number>>;
}

/**
 * The runs that a browser keeps for a page's origin, in IndexedDB: for pages and Workers.
 *
 * Browsers may delete what is stored when they need room; ask them not to with `navigator.storage.persist()`.
 */
export class IndexedDbRuns {
  private readonly database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.database = database;
  }

  /**
   * @param name of the database
   * @throws UserError when the browser refuses
   */
  static async connect(name = 'fbsd-runs'): Promise<IndexedDbRuns> {
    const database = await openDatabase(name, VERSION, (made) => {
      made.createObjectStore(RUNS, { keyPath: 'name' });
      made.createObjectStore(CHECKPOINTS, { keyPath: ['run', 'name'] });
      made.createObjectStore(LINES, { autoIncrement: true }).createIndex('run', 'run');
    });
    return new IndexedDbRuns(database);
  }

  /** All runs, the one that was begun last first. */
  async list(): Promise<KeptRun[]> {
    const runs = await transact(this.database, { stores: [RUNS] }, (transaction) =>
      resultOf<KeptRun[]>(transaction.objectStore(RUNS).getAll()),
    );
    return runs.sort((a, b) => b.begun.getTime() - a.begun.getTime());
  }

  /**
   * Begins a run.
   *
   * @param config plain enough for JSON: what `train` was given, so that the run can go on. With the names of
   *   `fbsd train`'s settings, the command line goes on with the run's files, too
   * @throws UserError when there is one of that name
   */
  async begin(name: string, config: RunConfig<object>): Promise<IndexedDbRunStore> {
    const run: KeptRun = {
      name,
      begun: new Date(),
      config: config as RunConfig,
      progress: { last: null, best: null },
      bytes: { last: 0, best: 0 },
    };
    await transact(this.database, { stores: [RUNS], keeps: 'the run' }, (transaction) =>
      resultOf(transaction.objectStore(RUNS).add(run)),
    ).catch((cause) => refuseTaken(name, cause));
    return new IndexedDbRunStore(this.database, name);
  }

  /**
   * Adds a run that comes from elsewhere, to go on with or to look at: the files of its folder, as {@link files} gives
   * them or `fbsd train` wrote them, all of them or nothing.
   *
   * @param name its own from now on
   * @throws UserError when there is one of that name, or no run among the files; one that names the file that is damaged
   */
  async add(name: string, files: ModelFiles): Promise<KeptRun> {
    const { config, metrics, last, best } = await readRunFiles(withPaths(files));
    const recordOf = (checkpoint: CheckpointName, { files }: FoundCheckpoint) => ({
      run: name,
      name: checkpoint,
      files: files.map(stored),
    });
    const records = { last: recordOf('last', last), best: best && recordOf('best', best) };
    const run: KeptRun = {
      name,
      begun: new Date(),
      config,
      progress: { last: last.progress, best: best?.progress ?? null },
      bytes: { last: sizeOf(records.last), best: records.best ? sizeOf(records.best) : 0 },
    };
    const purpose = { stores: [RUNS, CHECKPOINTS, LINES], keeps: `the run '${name}'` };
    await transact(this.database, purpose, async (transaction) => {
      await resultOf(transaction.objectStore(RUNS).add(run));
      for (const line of metrics) {
        transaction.objectStore(LINES).add({ run: name, line } satisfies LineRecord);
      }
      for (const record of [records.last, records.best]) {
        if (record) transaction.objectStore(CHECKPOINTS).put(record);
      }
    }).catch((cause) => refuseTaken(name, cause));
    return run;
  }

  /** What is known of a run. @throws UserError when there is none of that name */
  async find(name: string): Promise<KeptRun> {
    const run = await transact(this.database, { stores: [RUNS] }, (transaction) =>
      resultOf<KeptRun | undefined>(transaction.objectStore(RUNS).get(name)),
    );
    if (run) return run;
    throw new UserError(`[@fbsd/trainer] there is no run '${name}' in this browser.`);
  }

  /** A run to go on with, or to look at. @throws UserError when there is none of that name */
  async store(name: string): Promise<IndexedDbRunStore> {
    await this.find(name);
    return new IndexedDbRunStore(this.database, name);
  }

  /**
   * The files of a run, as `fbsd evaluate --model` reads them, see {@link runFiles}.
   *
   * @throws UserError when there is no run of that name
   */
  async files(name: string): Promise<RunFile[]> {
    const { config } = await this.find(name);
    return runFiles({ config, ...(await everythingOf(this.database, name)) });
  }

  /** Deletes a run, if there is one of that name. @throws UserError while another tab trains it */
  async delete(name: string): Promise<void> {
    const release = await lockRun(this.database, name);
    const purpose = { stores: [RUNS, CHECKPOINTS, LINES], keeps: 'what is left' };
    await transact(this.database, purpose, async (transaction) => {
      transaction.objectStore(RUNS).delete(name);
      for (const checkpoint of ['last', 'best']) {
        transaction.objectStore(CHECKPOINTS).delete([name, checkpoint]);
      }
      await deleteLines(transaction, name, () => true);
    }).finally(release);
  }

  /** Ends the connection. */
  close(): void {
    this.database.close();
  }
}

/** @throws UserError where `cause` says that the name is taken, else `cause` */
function refuseTaken(name: string, cause: unknown): never {
  if ((cause as Partial<Error> | null)?.name !== 'ConstraintError') throw cause;
  throw new UserError(
    `[@fbsd/trainer] there is a run '${name}' in this browser already. Choose another name.`,
    { cause },
  );
}
