import type { Dataset, Sample } from '../../data/dataset.ts';
import { UserError } from '../../user-error.ts';
import { openDatabase, resultOf, transact } from '../storage/database.ts';

/** Changes with the stores. */
const VERSION = 1;
const DATASETS = 'datasets';
const PICTURES = 'pictures';
/** Bytes after which a transaction ends: what was added before stays when the tab is closed meanwhile. */
const BATCH = 32e6;

/** A picture's file, as `classFolders` of `@fbsd/datasets/web` takes it. */
export interface PictureFile {
  /** That of a sample. */
  path: string;
  /** JPEG, PNG, … as it is: a `File` or a `Blob`. */
  blob: Blob;
}

/** A data set that a browser keeps. */
export interface KeptDataset {
  /** Its own. */
  name: string;
  /** When it was kept. */
  kept: Date;
  /** By its samples' paths {@link IndexedDbPictures.read} finds the pictures. */
  dataset: Dataset;
}

interface PictureRecord {
  dataset: string;
  path: string;
  blob: Blob;
}

/**
 * Photographs of data sets that a browser keeps for a page's origin, in IndexedDB, so that a run goes on after the tab
 * was closed: the `File`s that a person chose are gone then. For pages and Workers; the one that decodes takes pictures
 * out by itself: `servePictures(port, { find: (path) => pictures.read(path) })`.
 *
 * Browsers may delete what is stored when they need room; ask them not to with `navigator.storage.persist()`.
 */
export class IndexedDbPictures {
  private readonly database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.database = database;
  }

  /**
   * @param name of the database
   * @throws UserError when the browser refuses
   */
  static async connect(name = 'fbsd-pictures'): Promise<IndexedDbPictures> {
    const database = await openDatabase(name, VERSION, (made) => {
      made.createObjectStore(DATASETS, { keyPath: 'name' });
      made.createObjectStore(PICTURES, { keyPath: ['dataset', 'path'] });
    });
    return new IndexedDbPictures(database);
  }

  /**
   * Keeps a data set and its pictures, in place of one of the same name: about 32 MB of pictures at a time, each all or
   * nothing, and at last what tells that it is whole.
   *
   * @param name its own, without `/`
   * @param dataset whose samples are among the files, by their path
   * @param files others are passed over
   * @param onProgress is told how many pictures have been kept so far, and of all
   * @returns the data set to train on: its samples' paths tell this store which picture it is
   * @throws UserError when the storage is full, or a sample has no file
   */
  async keep(
    name: string,
    dataset: Dataset,
    files: Iterable<PictureFile>,
    onProgress: (done: number, total: number) => void = () => {},
  ): Promise<Dataset> {
    checkName(name);
    await this.delete(name);
    return this.change(name, dataset, files, onProgress);
  }

  /**
   * Changes a data set that is kept, or keeps a new one: first come the pictures that are added, then what tells what it
   * consists of, and at last those go that it does not consist of any more. Wherever the tab is closed meanwhile, the
   * data set is as it was or as it is to be.
   *
   * @param name its own, without `/`
   * @param dataset whose samples are among the files, or among those that are kept, by their path
   * @param added others are passed over
   * @param onProgress is told how many pictures have been added so far, and of all
   * @returns the data set to train on: its samples' paths tell this store which picture it is
   * @throws UserError when the storage is full, or a sample has no file
   */
  async change(
    name: string,
    dataset: Dataset,
    added: Iterable<PictureFile>,
    onProgress: (done: number, total: number) => void = () => {},
  ): Promise<Dataset> {
    checkName(name);
    const blobs = new Map(Array.from(added, ({ path, blob }) => [path, blob]));
    const { train, test, validation } = dataset;
    const paths = new Set([...train, ...test, ...(validation ?? [])].map(({ path }) => path));
    const before = new Set(await this.paths(name));
    for (const path of paths) {
      if (blobs.has(path) || before.has(path)) continue;
      throw new UserError(`[@fbsd/trainer] there is no file ${path}. Add it anew.`);
    }
    const used = [...blobs].filter(([path]) => paths.has(path));
    let records: PictureRecord[] = [];
    let [bytes, done] = [0, 0];
    for (const [path, blob] of used) {
      records.push({ dataset: name, path, blob });
      bytes += blob.size;
      done++;
      if (bytes < BATCH && done < used.length) continue;
      await this.put(records);
      onProgress(done, used.length);
      [records, bytes] = [[], 0];
    }
    const moved = (samples: readonly Sample[]) =>
      samples.map((sample) => ({ ...sample, path: `${name}/${sample.path}` }));
    const kept = {
      ...dataset,
      train: moved(train),
      test: moved(test),
      ...(validation && { validation: moved(validation) }),
    };
    const record: KeptDataset = { name, kept: new Date(), dataset: kept };
    const gone = [...before].filter((path) => !paths.has(path));
    const purpose = { stores: [DATASETS, PICTURES], keeps: `the data set ${name}` };
    await transact(this.database, purpose, async (transaction) => {
      for (const path of gone) transaction.objectStore(PICTURES).delete([name, path]);
      await resultOf(transaction.objectStore(DATASETS).put(record));
    });
    return kept;
  }

  /** All data sets, the one that was kept last first. */
  async list(): Promise<KeptDataset[]> {
    const all = await transact(this.database, { stores: [DATASETS] }, (transaction) =>
      resultOf<KeptDataset[]>(transaction.objectStore(DATASETS).getAll()),
    );
    return all.sort((a, b) => b.kept.getTime() - a.kept.getTime());
  }

  /** A data set. @throws UserError when there is none of that name */
  async dataset(name: string): Promise<Dataset> {
    const record = await transact(this.database, { stores: [DATASETS] }, (transaction) =>
      resultOf<KeptDataset | undefined>(transaction.objectStore(DATASETS).get(name)),
    );
    if (record) return record.dataset;
    throw new UserError(`[@fbsd/trainer] there is no data set '${name}' in this browser.`);
  }

  /**
   * A picture's file, called by its path.
   *
   * @param path of a sample of a data set that is kept
   * @throws UserError when it is not there
   */
  async read(path: string): Promise<File> {
    const slash = path.indexOf('/');
    const key = [path.slice(0, slash), path.slice(slash + 1)];
    const record = await transact(this.database, { stores: [PICTURES] }, (transaction) =>
      resultOf<PictureRecord | undefined>(transaction.objectStore(PICTURES).get(key)),
    );
    if (record) return new File([record.blob], path, { type: record.blob.type });
    throw new UserError(
      `[@fbsd/trainer] the picture ${path} is not in this browser any more. Add it anew.`,
    );
  }

  /** Deletes a data set with its pictures, if there is one of that name. */
  async delete(name: string): Promise<void> {
    const purpose = { stores: [DATASETS, PICTURES], keeps: 'what is left' };
    await transact(this.database, purpose, async (transaction) => {
      transaction.objectStore(DATASETS).delete(name);
      await resultOf(transaction.objectStore(PICTURES).delete(picturesOf(name)));
    });
  }

  /** The paths of the pictures that are kept of a data set. */
  private async paths(name: string): Promise<string[]> {
    const keys = await transact(this.database, { stores: [PICTURES] }, (transaction) =>
      resultOf(transaction.objectStore(PICTURES).getAllKeys(picturesOf(name))),
    );
    return keys.map((key) => (key as [string, string])[1]);
  }

  private async put(records: readonly PictureRecord[]): Promise<void> {
    const keeps = `pictures of ${records[0]?.dataset}`;
    await transact(this.database, { stores: [PICTURES], keeps }, async (transaction) => {
      const store = transaction.objectStore(PICTURES);
      await Promise.all(records.map((record) => resultOf(store.put(record))));
    });
  }

  /** Ends the connection. */
  close(): void {
    this.database.close();
  }
}

/** The keys of the pictures of a data set. */
function picturesOf(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name], [name, []]); // [] comes after every text
}

function checkName(name: string): void {
  if (!name.includes('/')) return;
  throw new UserError(
    `[@fbsd/trainer] a data set cannot be called '${name}'. Choose a name without /.`,
  );
}
