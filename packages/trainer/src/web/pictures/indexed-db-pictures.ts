import type { Dataset } from '../../data/dataset.ts';
import { UserError } from '../../user-error.ts';
import { openDatabase, resultOf, transact } from '../storage/database.ts';

/** Changes with the stores. */
const VERSION = 1;
const DATASETS = 'datasets';
const PICTURES = 'pictures';
/** Bytes after which a transaction ends: what was added before stays when the tab is closed meanwhile. */
const BATCH = 32e6;

/** A picture to keep. */
export interface AddedPicture {
  /** Its name in the data set, as `robin/1.jpg`. */
  file: string;
  /** JPEG, PNG, … as it is: a `File` or a `Blob`. */
  content: Blob;
}

/** A data set that a browser keeps. */
export interface KeptDataset {
  /** Its own. */
  name: string;
  /** When it was kept. */
  kept: Date;
  /** Its samples' paths are those that {@link IndexedDbPictures.pathOf} gives. */
  dataset: Dataset;
}

interface PictureRecord {
  dataset: string;
  file: string;
  content: Blob;
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
      made.createObjectStore(PICTURES, { keyPath: ['dataset', 'file'] });
    });
    return new IndexedDbPictures(database);
  }

  /** The path of a picture, for a `Sample`. */
  static pathOf(dataset: string, file: string): string {
    return `${dataset}/${file}`;
  }

  /**
   * Keeps pictures of a data set, whose name has no `/`, in place of those of the same names; about 32 MB at a time, each all or nothing.
   *
   * @param added is told how many have been kept so far
   * @throws UserError when the storage is full
   */
  async add(
    dataset: string,
    pictures: Iterable<AddedPicture>,
    added: (count: number) => void = () => {},
  ): Promise<void> {
    if (dataset.includes('/')) {
      throw new UserError(
        `[@fbsd/trainer] a data set cannot be called '${dataset}'. Choose a name without /.`,
      );
    }
    let records: PictureRecord[] = [];
    let bytes = 0;
    let count = 0;
    const flush = async () => {
      const keeps = `pictures of ${dataset}`;
      await transact(this.database, { stores: [PICTURES], keeps }, async (transaction) => {
        const store = transaction.objectStore(PICTURES);
        await Promise.all(records.map((record) => resultOf(store.put(record))));
      });
      count += records.length;
      added(count);
      [records, bytes] = [[], 0];
    };
    for (const { file, content } of pictures) {
      records.push({ dataset, file, content });
      bytes += content.size;
      if (bytes >= BATCH) await flush();
    }
    if (records.length > 0) await flush();
  }

  /**
   * Keeps what a data set consists of, when its pictures are added.
   *
   * @param dataset its samples have paths by {@link pathOf}
   */
  async keep(name: string, dataset: Dataset): Promise<void> {
    const record: KeptDataset = { name, kept: new Date(), dataset };
    const purpose = { stores: [DATASETS], keeps: `the data set ${name}` };
    await transact(this.database, purpose, (transaction) =>
      resultOf(transaction.objectStore(DATASETS).put(record)),
    );
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
   * A picture as it was added, called by its path.
   *
   * @param path by {@link pathOf}
   * @throws UserError when it is not there
   */
  async read(path: string): Promise<File> {
    const slash = path.indexOf('/');
    const key = [path.slice(0, slash), path.slice(slash + 1)];
    const record = await transact(this.database, { stores: [PICTURES] }, (transaction) =>
      resultOf<PictureRecord | undefined>(transaction.objectStore(PICTURES).get(key)),
    );
    if (record) return new File([record.content], path, { type: record.content.type });
    throw new UserError(
      `[@fbsd/trainer] the picture ${path} is not in this browser any more. Add it anew.`,
    );
  }

  /** Deletes pictures of a data set that it does not consist of any more. */
  async remove(dataset: string, files: Iterable<string>): Promise<void> {
    const purpose = { stores: [PICTURES], keeps: 'what is left' };
    await transact(this.database, purpose, async (transaction) => {
      const store = transaction.objectStore(PICTURES);
      await Promise.all(Array.from(files, (file) => resultOf(store.delete([dataset, file]))));
    });
  }

  /** Deletes a data set with its pictures, if there is one of that name. */
  async delete(name: string): Promise<void> {
    const purpose = { stores: [DATASETS, PICTURES], keeps: 'what is left' };
    await transact(this.database, purpose, async (transaction) => {
      transaction.objectStore(DATASETS).delete(name);
      const all = IDBKeyRange.bound([name], [name, []]); // [] comes after every text
      await resultOf(transaction.objectStore(PICTURES).delete(all));
    });
  }

  /** Ends the connection. */
  close(): void {
    this.database.close();
  }
}
