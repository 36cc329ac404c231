import type { Dataset, Sample } from '@fbsd/trainer';
import { type SplitOptions, splitOff, UserError } from '@fbsd/trainer/data';
import type { Walk } from '../files/walk.ts';
import { isPicture } from '../pictures/picture-name.ts';
import { countsByExtension, LeftOut } from './left-out.ts';

/** Where folders of classes lie: on a disk, or in a list of files. Paths are those from the uppermost folder, with `/`. */
export interface Folders {
  /** Names of the folders in a folder that are not hidden, in their order. */
  foldersIn(folder: string): Promise<string[]>;
  /** Names of the hidden files and folders in a folder, in their order. */
  hiddenIn(folder: string): Promise<string[]>;
  /** What a folder and those below hold: paths from it. */
  walk(folder: string): Promise<Walk>;
  /** A folder, for messages. */
  nameOf(folder: string): string;
}

/** The pictures of each class, before they are looked at. */
export interface Arranged extends Pick<Dataset, 'classNames'> {
  /** With the path from the uppermost folder as `path` and `file`. */
  train: Sample[];
  /** None where the folders have no split of their own. */
  test: Sample[];
  /** Whether the folders have a split of their own. */
  isSplit: boolean;
  leftOut: LeftOut;
  /** Oddities, a sentence each. */
  notes: string[];
}

const TEST_FOLDERS = ['test', 'val', 'valid', 'validation'];
/** Names of folders that say that they are no classes. */
const NO_CLASSES =
  /^(train(ing)?|test(ing)?|val(id(ation)?)?|images?|masks?|labels?|annotations?)([_ -]?(set|data))?$/i;

/** What to give instead, a sentence. */
export const ADVICE = 'Give a folder with train/ and test/, or with a folder for each class.';

/**
 * Finds the classes and their pictures by the names of folders and files.
 *
 * @param where the function that was called, for messages
 * @throws UserError that names the folder: too few classes, a class without pictures or only in `test`
 */
export async function arrangeClasses(
  where: string,
  folders: Folders,
  minClasses = 2,
): Promise<Arranged> {
  const reading: Reading = { where, folders, classNames: [], leftOut: new LeftOut() };
  const trainFolder = await splitFolder(reading, 'train');
  const classFolder = trainFolder ?? '';
  const classNames = await folders.foldersIn(classFolder);
  if (classNames.length < minClasses) {
    const more = minClasses === 2 ? ', two or more' : '';
    throw new UserError(
      `[@fbsd/datasets] ${where}: ${folders.nameOf(classFolder)} holds ${classNames.length} folders; expected one for each class${more}. ${ADVICE}`,
    );
  }
  reading.classNames = classNames;
  const notes: string[] = [];
  const unlikely = classNames.filter((name) => NO_CLASSES.test(name));
  if (unlikely.length > 0) {
    notes.push(
      `Classes are named ${unlikely.join(', ')}: if these are a split or no classes, name the folders train and test, with a folder for each class in them.`,
    );
  }
  const train = await readClasses(reading, classFolder, classNames, 1);
  const test = trainFolder === undefined ? [] : await readTest(reading, train.length + 1, notes);
  const isSplit = trainFolder !== undefined;
  return { classNames, train, test, isSplit, leftOut: reading.leftOut, notes };
}

/**
 * The pictures to train on and those to test on: by the folders' own split, or else at random.
 *
 * @param readable those of the arranged pictures that can be read
 */
export function divide<T extends Pick<Sample, 'id' | 'label'>>(
  { train, test, isSplit }: Pick<Arranged, 'train' | 'test' | 'isSplit'>,
  readable: readonly T[],
  options: SplitOptions,
): { train: T[]; test: T[] } {
  const forTest = new Set((isSplit ? test : splitOff(train, options)).map(({ id }) => id));
  return {
    train: readable.filter(({ id }) => !forTest.has(id)),
    test: readable.filter(({ id }) => forTest.has(id)),
  };
}

/** How the pictures of a folder for each class are read. */
interface Reading {
  where: string;
  folders: Folders;
  classNames: readonly string[];
  leftOut: LeftOut;
}

/** The folder of a split, if there is one, in upper or lower case. @throws UserError when there are two of one name */
async function splitFolder({ where, folders }: Reading, name: string): Promise<string | undefined> {
  const there = await folders.foldersIn('');
  const [found, other] = there.filter((folder) => folder.toLowerCase() === name);
  if (other === undefined) return found;
  throw new UserError(
    `[@fbsd/datasets] ${where}: ${folders.nameOf('')} holds ${found} and ${other}. Leave one of them.`,
  );
}

/** The pictures for testing; none where there is no folder for each class, which it notes. */
async function readTest(reading: Reading, firstId: number, notes: string[]): Promise<Sample[]> {
  const { where, folders, classNames } = reading;
  const withoutClasses: string[] = [];
  for (const name of TEST_FOLDERS) {
    const folder = await splitFolder(reading, name);
    if (folder === undefined) continue;
    const classes = await folders.foldersIn(folder);
    if (classes.length === 0) {
      withoutClasses.push(folder);
      continue;
    }
    const unknown = classes.filter((name) => !classNames.includes(name));
    if (unknown.length > 0) {
      throw new UserError(
        `[@fbsd/datasets] ${where}: ${folders.nameOf(folder)} holds the class '${unknown[0]}', which train/ lacks.`,
      );
    }
    return readClasses(reading, folder, classes, firstId); // a class may have no test pictures
  }
  for (const folder of withoutClasses) {
    notes.push(
      `${folders.nameOf(folder)} has no folder for each class: it is not used for testing.`,
    );
  }
  return [];
}

/** @param names of the classes that have a folder there */
async function readClasses(
  { where, folders, classNames, leftOut }: Reading,
  folder: string,
  names: readonly string[],
  firstId: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  leftOut.add(folder, { files: [], hidden: await folders.hiddenIn(folder) });
  for (const name of names) {
    const own = folder === '' ? name : `${folder}/${name}`;
    const { files, hidden } = await folders.walk(own);
    const pictures = files.filter(isPicture);
    leftOut.add(own, { files, hidden });
    if (pictures.length === 0) {
      const others =
        files.length > 0 ? `, but files that are not read: ${countsByExtension(files)}` : '';
      throw new UserError(
        `[@fbsd/datasets] ${where}: ${folders.nameOf(own)} holds no picture${others}.`,
      );
    }
    for (const picture of pictures) {
      const file = `${own}/${picture}`;
      const id = firstId + samples.length;
      samples.push({ id, path: file, file, label: classNames.indexOf(name) });
    }
  }
  return samples;
}
