import type { Dataset, Sample } from '@fbsd/trainer';
import { type SplitOptions, UserError } from '@fbsd/trainer/data';
import { isHidden } from '../files/hidden.ts';
import { mapLimited } from '../files/map-limited.ts';
import { arrangeClasses, divide } from '../loaders/arrange-classes.ts';
import { sameFilesSentence } from '../loaders/same-files-sentence.ts';
import { countUnreadable } from '../pictures/count-unreadable.ts';
import { isPicture } from '../pictures/picture-name.ts';
import { type Duplicate, findDuplicates, type HashedFile } from './find-duplicates.ts';
import { describeBlob, inspectBlob } from './inspect-blob.ts';
import { ListedFolders } from './listed-folders.ts';
import type { NamedBlob, UnusedFile } from './named-blob.ts';

/** Options of {@link classFolders}; `seed` and `testShare` count where the folders have no split of their own. */
export interface ClassFoldersOptions extends SplitOptions {
  /** Of the data set. @default that of the folder around all others, or else `pictures` */
  name?: string;
  /** Fewest classes that are taken: 1 while somebody is still collecting pictures. @default 2 */
  minClasses?: 1 | 2;
  /** Is told the number of pictures looked at so far, and of all. */
  onProgress?(done: number, total: number): void;
}

/** What {@link classFolders} makes of files. */
export interface ClassFolders {
  /** Each sample's `path` is that of its file, as it was given: by it, whoever decodes the sample finds the file. */
  dataset: Dataset;
  /** Files that are not used: unreadable, no pictures, hidden, in no folder of a class. */
  unused: readonly UnusedFile[];
  /** Pictures of the same bytes as one before them, in the same class or another one. They are used all the same. */
  duplicates: readonly Duplicate[];
}

/** How many files are looked at at once. */
const AT_ONCE = 16;

/**
 * Makes a data set of files in a folder for each class, by the rules of `loadClassFolders`, so that the same folder
 * gives the same classes, ids and split in a page and in Node: `train/<class>/…` and `test/<class>/…` (or `val/`), or
 * `<class>/…` alone, which are then split at random, the same way for the same seed.
 *
 * Folders around these, as archives and pickers have them, are passed over. Files that cannot be read are left out and
 * named, also pictures of more than 179 megapixels: each is looked at at its beginning and its end, and decoded where these
 * do not say that it is whole. Damage in the middle of a file is found where it is decoded.
 *
 * @param files of {@link filesOfDrop}, {@link filesOfPicker} or {@link filesOfZip}, or of several of them
 * @throws UserError that names the folder: too few classes, a class without a picture to train on that can be
 *   read, or only in `test`
 */
export async function classFolders(
  files: readonly NamedBlob[],
  { name, minClasses, onProgress = () => {}, ...options }: ClassFoldersOptions = {},
): Promise<ClassFolders> {
  const byPath = new Map<string, NamedBlob>();
  const twice: UnusedFile[] = [];
  for (const file of files) {
    if (byPath.has(file.path)) twice.push({ path: file.path, reason: 'given twice' });
    else byPath.set(file.path, file);
  }
  const folders = new ListedFolders([...byPath.keys()]);
  const arranged = await arrangeClasses('classFolders', folders, minClasses);
  const samples = [...arranged.train, ...arranged.test].map(
    (sample): Sample => ({ ...sample, path: folders.around + sample.file }),
  );
  const { readable, unreadable, hashed } = await inspect(samples, byPath, onProgress);
  const parts = divide(arranged, readable, options);
  requireEveryClass(arranged.classNames, { samples, train: parts.train, unreadable });
  const duplicates = await findDuplicates(hashed);
  const used = new Set(samples.map(({ path }) => path));
  const others = [...byPath.values()].filter(({ path }) => !used.has(path));
  const root = name ?? folders.name ?? 'pictures';
  const warnings = [
    ...arranged.leftOut.sentences(),
    ...arranged.notes,
    ...(duplicates
      ? sameFilesSentence(testedAndTrained(parts, duplicates))
      : ['The files were not compared: a page may do so over https, or from localhost.']),
  ];
  if (unreadable.length > 0) {
    warnings.unshift(`Left out: ${countUnreadable(unreadable, samples.length)}.`);
  }
  if (parts.test.length === 0) warnings.push('There are no test images.');
  const { classNames } = arranged;
  return {
    dataset: { name: root, root, classNames, partNames: [], ...parts, warnings },
    unused: [...unreadable, ...(await mapLimited(others, AT_ONCE, whyUnused)), ...twice],
    duplicates: duplicates ?? [],
  };
}

/** Looks at every picture. */
async function inspect(
  samples: readonly Sample[],
  files: ReadonlyMap<string, NamedBlob>,
  onProgress: (done: number, total: number) => void,
): Promise<{ readable: Sample[]; unreadable: UnusedFile[]; hashed: HashedFile[] }> {
  let done = 0;
  const inspected = await mapLimited(samples, AT_ONCE, async (sample) => {
    const { path, blob, fault } = files.get(sample.path) as NamedBlob;
    const found = fault === undefined ? await inspectBlob(blob) : { fault, fingerprint: '' };
    onProgress(++done, samples.length);
    return { sample, path, blob, ...found };
  });
  const readable = inspected.filter(({ fault }) => fault === undefined);
  return {
    readable: readable.map(({ sample }) => sample),
    unreadable: inspected.flatMap(({ path, fault: reason }) =>
      reason === undefined ? [] : [{ path, reason }],
    ),
    hashed: readable,
  };
}

/** @throws UserError for a class without a picture to train on */
function requireEveryClass(
  classNames: readonly string[],
  {
    samples,
    train,
    unreadable,
  }: {
    samples: readonly Sample[];
    train: readonly Sample[];
    unreadable: readonly UnusedFile[];
  },
): void {
  const trained = new Set(train.map(({ label }) => label));
  const empty = classNames.findIndex((_, label) => !trained.has(label));
  if (empty < 0) return;
  const own = new Set(samples.filter(({ label }) => label === empty).map(({ path }) => path));
  const lost = unreadable.filter(({ path }) => own.has(path));
  throw new UserError(
    `[@fbsd/datasets] classFolders: the class '${classNames[empty]}' has no picture to train on: ${countUnreadable(lost, own.size)}. Add pictures to it, or take it away.`,
  );
}

/** The test images that are the same files as training images, with the first of these. */
function testedAndTrained(
  { train, test }: Pick<Dataset, 'train' | 'test'>,
  duplicates: readonly Duplicate[],
): string[] {
  const firsts = new Map(duplicates.map(({ path, sameAs }) => [path, sameAs]));
  const firstOf = ({ path }: Sample) => firsts.get(path) ?? path;
  const trained = new Map(train.toReversed().map((sample) => [firstOf(sample), sample.file]));
  return test.flatMap((sample) => {
    const same = trained.get(firstOf(sample));
    return same === undefined ? [] : [`${sample.file} = ${same}`];
  });
}

async function whyUnused({ path, blob, fault }: NamedBlob): Promise<UnusedFile> {
  if (path.split('/').some(isHidden)) return { path, reason: 'hidden, or of the system' };
  if (isPicture(path)) return { path, reason: 'in no folder of a class' };
  if (fault !== undefined) return { path, reason: 'no picture by its name' };
  return { path, reason: await describeBlob(blob) };
}
