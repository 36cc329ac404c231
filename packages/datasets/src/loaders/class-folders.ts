import { basename, join, resolve } from 'node:path';
import { type Dataset, type Sample, type SplitOptions, splitOff, UserError } from '@fbsd/trainer';
import { isFolder } from '../files/exists.ts';
import { foldersIn, walk } from '../files/walk.ts';
import { checkPictures } from '../pictures/check-pictures.ts';
import { isPicture } from '../pictures/find-pictures.ts';
import { LeftOut } from './left-out.ts';
import type { LoadOptions } from './load-options.ts';
import { sameFiles } from './same-files.ts';

/** Options of {@link loadClassFolders}; `seed` and `testShare` count where the folder has no split of its own. */
export interface ClassFoldersOptions extends LoadOptions, SplitOptions {}

const TEST_FOLDERS = ['test', 'val', 'valid', 'validation'];
/** Names of folders that say that they are no classes. */
const NO_CLASSES =
  /^(train(ing)?|test(ing)?|val(id(ation)?)?|images?|masks?|labels?|annotations?)([_ -]?(set|data))?$/i;

/**
 * Reads pictures in a folder for each class: `train/<class>/…` and `test/<class>/…` (or `val/`), or
 * `<class>/…` alone, which are then split at random, the same way for the same seed.
 *
 * Classes are the folders in the order of their names; a folder may hold folders, and links to folders count as
 * folders. Upper and lower case of `train` and `test` is the same. Hidden and system files are left out, and files that
 * are no pictures that can be read; warnings count them, and name test images that are training images as well.
 *
 * @param root the folder that holds them
 * @throws UserError that names the folder: missing, fewer than two classes, a class without pictures or
 *   only in `test`, pictures that are truncated or no pictures
 */
export async function loadClassFolders(
  root: string,
  { skipCorrupt = false, ...options }: ClassFoldersOptions = {},
): Promise<Dataset> {
  const folder = resolve(root);
  const advice = 'Give a folder with train/ and test/, or with a folder for each class.';
  if (!(await isFolder(folder))) {
    throw new UserError(
      `[@fbsd/datasets] loadClassFolders: there is no folder ${folder}. ${advice}`,
    );
  }
  const trainFolder = await splitFolder(folder, ['train']);
  const classFolder = trainFolder ?? folder;
  const classNames = await foldersIn(classFolder);
  if (classNames.length < 2) {
    throw new UserError(
      `[@fbsd/datasets] loadClassFolders: ${classFolder} holds ${classNames.length} folders; expected one for each class, two or more. ${advice}`,
    );
  }
  const leftOut = new LeftOut();
  const notes: string[] = [];
  const unlikely = classNames.filter((name) => NO_CLASSES.test(name));
  if (unlikely.length > 0) {
    notes.push(
      `Classes are named ${unlikely.join(', ')}: if these are a split or no classes, name the folders train and test, with a folder for each class in them.`,
    );
  }
  const train = await read(folder, classFolder, { classNames, firstId: 1, leftOut });
  const test = trainFolder
    ? await readTest(folder, { classNames, firstId: train.length + 1, leftOut }, notes)
    : [];
  const samples = [...train, ...test];
  const { readable, fingerprints, warnings } = await checkPictures('loadClassFolders', samples, {
    skipCorrupt,
  });
  const forTest = new Set((trainFolder ? test : splitOff(train, options)).map(({ id }) => id));
  const parts = {
    train: readable.filter(({ id }) => !forTest.has(id)),
    test: readable.filter(({ id }) => forTest.has(id)),
  };
  warnings.push(...leftOut.sentences(), ...notes, ...(await sameFiles(parts, fingerprints)));
  if (parts.test.length === 0) warnings.push('There are no test images.');
  return { name: basename(folder), root: folder, classNames, partNames: [], ...parts, warnings };
}

/** How the pictures of a folder for each class are read. */
interface Reading {
  classNames: readonly string[];
  firstId: number;
  leftOut: LeftOut;
}

/** The first of a split's folders that there is, in upper or lower case. @throws UserError when there are two of one name */
async function splitFolder(root: string, names: readonly string[]): Promise<string | undefined> {
  const there = await foldersIn(root);
  for (const name of names) {
    const [found, other] = there.filter((folder) => folder.toLowerCase() === name);
    if (other !== undefined) {
      throw new UserError(
        `[@fbsd/datasets] loadClassFolders: ${root} holds ${found} and ${other}. Leave one of them.`,
      );
    }
    if (found !== undefined) return join(root, found);
  }
  return undefined;
}

/** The pictures for testing; none where there is no folder for each class, which it notes. */
async function readTest(root: string, reading: Reading, notes: string[]): Promise<Sample[]> {
  const withoutClasses: string[] = [];
  for (const name of TEST_FOLDERS) {
    const folder = await splitFolder(root, [name]);
    if (!folder) continue;
    const classes = await foldersIn(folder);
    if (classes.length === 0) {
      withoutClasses.push(folder);
      continue;
    }
    const unknown = classes.filter((name) => !reading.classNames.includes(name));
    if (unknown.length > 0) {
      throw new UserError(
        `[@fbsd/datasets] loadClassFolders: ${folder} holds the class '${unknown[0]}', which train/ lacks.`,
      );
    }
    return read(root, folder, reading);
  }
  for (const folder of withoutClasses) {
    notes.push(`${folder} has no folder for each class: it is not used for testing.`);
  }
  return [];
}

async function read(
  root: string,
  path: string,
  { classNames, firstId, leftOut }: Reading,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const [label, name] of classNames.entries()) {
    const own = join(path, name);
    if (!(await isFolder(own))) continue; // a class may have no test pictures
    const { files, hidden } = await walk(own);
    const pictures = files.filter(isPicture);
    leftOut.add(files, hidden);
    if (pictures.length === 0) {
      throw new UserError(`[@fbsd/datasets] loadClassFolders: ${own} holds no picture.`);
    }
    for (const file of pictures) {
      const absolute = join(own, file);
      const id = firstId + samples.length;
      samples.push({ id, path: absolute, file: absolute.slice(root.length + 1), label });
    }
  }
  return samples;
}
