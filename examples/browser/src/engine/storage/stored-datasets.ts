import {
  type Dataset,
  type Sample,
  SPLIT_DEFAULTS,
  TRAIN_DEFAULTS,
  UserError,
} from '@fbsd/trainer';
import type { IndexedDbPictures } from '@fbsd/trainer/web';
import type { DatasetChange, NamedBlob, OnDoing, StoredDataset } from '../engine.ts';
import { belowClasses } from './below-classes.ts';

/** What is kept of a data set beside its pictures. */
export type Kept = Dataset & Omit<StoredDataset, keyof Dataset>;

/** Pixels of a thumbnail's side. */
const THUMBNAIL = 192;
const SPLIT_FOLDER = /^(train|test|val|valid|validation)\//i;

/** Photographs with classes, in the browser's storage. */
export class StoredDatasets {
  private readonly pictures: IndexedDbPictures;

  constructor(pictures: IndexedDbPictures) {
    this.pictures = pictures;
  }

  async list(): Promise<StoredDataset[]> {
    const all = await this.pictures.list();
    return all.map(({ dataset }) => shown(dataset as Kept));
  }

  /** @throws UserError when there is none of that name */
  async find(name: string): Promise<Kept> {
    return (await this.pictures.dataset(name)) as Kept;
  }

  async change(name: string, change: DatasetChange, onDoing: OnDoing): Promise<StoredDataset> {
    const kept = await this.kept(name);
    switch (change.change) {
      case 'add':
        return this.add(name, kept, change.files, onDoing);
      case 'split': {
        const { seed, testShare } = change;
        return this.keep(
          name,
          await this.files(name, filesOf(kept)),
          { ...kept, seed, testShare },
          onDoing,
        );
      }
      case 'rename':
        return this.rename(name, kept, change, onDoing);
      case 'removeClass': {
        const gone = samplesOf(kept, kept.classNames.indexOf(change.name));
        return this.remove(name, kept, gone, onDoing);
      }
      case 'removePicture': {
        const gone = samplesOf(kept).filter(({ path }) => path === change.path);
        return this.remove(name, kept, gone, onDoing);
      }
    }
  }

  async forget(name: string): Promise<void> {
    await this.pictures.delete(name);
  }

  picture(path: string): Promise<Blob> {
    return this.pictures.read(path);
  }

  async thumbnail(path: string): Promise<Blob> {
    const bitmap = await createImageBitmap(await this.pictures.read(path));
    const scale = Math.min(1, THUMBNAIL / Math.min(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((side) =>
      Math.round(scale * side),
    ) as [number, number];
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
  }

  private async add(name: string, kept: Kept, given: readonly NamedBlob[], onDoing: OnDoing) {
    if (given.length === 0) return shown(kept);
    const isSplit = filesOf(kept).some((file) => SPLIT_FOLDER.test(file));
    const added = belowClasses(given).map(({ path, blob }) => ({
      path: isSplit && !SPLIT_FOLDER.test(path) ? `train/${path}` : path,
      blob,
    }));
    const names = new Set(added.map(({ path }) => path));
    const others = filesOf(kept).filter((file) => !names.has(file));
    return this.keep(name, [...(await this.files(name, others)), ...added], kept, onDoing, added);
  }

  private async rename(
    name: string,
    kept: Kept,
    { from, to }: { from: string; to: string },
    onDoing: OnDoing,
  ) {
    const className = to.trim().replaceAll('/', '-');
    if (className === '') throw new UserError('A class needs a name. Type one.');
    const own = samplesOf(kept, kept.classNames.indexOf(from)).map(({ file }) => file);
    const files = await this.files(name, filesOf(kept));
    const taken = new Set(filesOf(kept));
    const moved: NamedBlob[] = [];
    for (const file of own) {
      const parts = file.split('/');
      parts[SPLIT_FOLDER.test(file) ? 1 : 0] = className;
      let path = parts.join('/');
      while (taken.has(path)) path = path.replace(/(\.\w+)?$/, '-$&');
      taken.add(path);
      moved.push({ path, blob: files.find((one) => one.path === file)?.blob as Blob });
    }
    const others = files.filter(({ path }) => !own.includes(path));
    return this.keep(name, [...others, ...moved], kept, onDoing, moved);
  }

  private async remove(name: string, kept: Kept, gone: readonly Sample[], onDoing: OnDoing) {
    const files = gone.map(({ file }) => file);
    const others = filesOf(kept).filter((file) => !files.includes(file));
    return this.keep(name, await this.files(name, others), kept, onDoing);
  }

  /** Looks at all files, keeps those that are added, and at last what the data set consists of. */
  private async keep(
    name: string,
    files: readonly NamedBlob[],
    { seed, testShare, unreadable, duplicates }: Kept,
    onDoing: OnDoing,
    added: readonly NamedBlob[] = [],
  ): Promise<StoredDataset> {
    if (files.length === 0) {
      const empty = { ...EMPTY, name, root: name, seed, testShare };
      return shown((await this.pictures.change(name, empty, [])) as Kept);
    }
    const looking = (done: number, total: number) =>
      onDoing({ what: 'decoding', done, total, unit: 'pictures' });
    const { datasetOfFiles } = await import('./dataset-of-files.ts');
    const arranged = await datasetOfFiles(name, files, { seed, testShare }, looking);
    const named = (sample: Sample): Sample => ({ ...sample, file: sample.path });
    const dataset: Kept = {
      ...arranged.dataset,
      train: arranged.dataset.train.map(named),
      test: arranged.dataset.test.map(named),
      seed,
      testShare,
      unreadable: byPath([...unreadable, ...arranged.unreadable]),
      duplicates: byPath([...duplicates, ...arranged.duplicates]),
    };
    const kept = await this.pictures.change(name, dataset, added, (done, total) =>
      onDoing({ what: 'saving', done, total, unit: 'pictures' }),
    );
    return shown(kept as Kept);
  }

  private async kept(name: string): Promise<Kept> {
    const all = await this.pictures.list();
    const found = all.find((one) => one.name === name);
    return (found?.dataset as Kept | undefined) ?? { ...EMPTY, name, root: name };
  }

  private files(name: string, files: readonly string[]): Promise<NamedBlob[]> {
    return Promise.all(
      files.map(async (path) => ({
        path,
        blob: await this.pictures.read(`${name}/${path}`),
      })),
    );
  }
}

const EMPTY: Omit<Kept, 'name' | 'root'> = {
  classNames: [],
  partNames: [],
  train: [],
  test: [],
  warnings: [],
  // As `fbsd train` splits the same folder.
  seed: TRAIN_DEFAULTS.seed,
  testShare: SPLIT_DEFAULTS.testShare,
  unreadable: [],
  duplicates: [],
};

function samplesOf({ train, test }: Pick<Dataset, 'train' | 'test'>, label?: number): Sample[] {
  return [...train, ...test].filter((sample) => label === undefined || sample.label === label);
}

function filesOf(dataset: Pick<Dataset, 'train' | 'test'>): string[] {
  return samplesOf(dataset).map(({ file }) => file);
}

/** What was found last counts. */
function byPath<T extends { path: string }>(found: readonly T[]): T[] {
  return [...new Map(found.map((one) => [one.path, one])).values()];
}

function shown({
  name,
  classNames,
  train,
  test,
  seed,
  testShare,
  unreadable,
  duplicates,
}: Kept): StoredDataset {
  return { name, classNames, train, test, seed, testShare, unreadable, duplicates };
}
