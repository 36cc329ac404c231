import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Dataset, type Sample, type SplitOptions, splitOff, UserError } from '@fbsd/trainer';
import { isFolder } from '../files/exists.ts';
import { checkPictures } from '../pictures/check-pictures.ts';
import { isPicture } from '../pictures/find-pictures.ts';
import type { LoadOptions } from './load-options.ts';

/** Options of {@link loadClassFolders}; `seed` and `testShare` count where the folder has no split of its own. */
export interface ClassFoldersOptions extends LoadOptions, SplitOptions {}

const TEST_FOLDERS = ['test', 'val', 'valid', 'validation'];

/**
 * Reads pictures in a folder for each class: `train/<class>/…` and `test/<class>/…` (or `val/`), or
 * `<class>/…` alone, which are then split at random, the same way for the same seed.
 *
 * Classes are the folders in the order of their names; a folder may hold folders.
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
  const split = await isFolder(join(folder, 'train'));
  const trainFolder = split ? join(folder, 'train') : folder;
  const classNames = await folders(trainFolder);
  if (classNames.length < 2) {
    throw new UserError(
      `[@fbsd/datasets] loadClassFolders: ${trainFolder} holds ${classNames.length} folders; expected one for each class, two or more. ${advice}`,
    );
  }
  const train = await read(folder, trainFolder, classNames, 1);
  const test = split ? await readTest(folder, classNames, train.length + 1) : [];
  const samples = [...train, ...test];
  const { readable, warnings } = await checkPictures('loadClassFolders', samples, { skipCorrupt });
  const forTest = new Set((split ? test : splitOff(train, options)).map(({ id }) => id));
  const parts = {
    train: readable.filter(({ id }) => !forTest.has(id)),
    test: readable.filter(({ id }) => forTest.has(id)),
  };
  if (parts.test.length === 0) warnings.push('There are no test images.');
  return { name: basename(folder), root: folder, classNames, partNames: [], ...parts, warnings };
}

async function readTest(folder: string, classNames: string[], firstId: number): Promise<Sample[]> {
  const there = await Promise.all(TEST_FOLDERS.map((name) => isFolder(join(folder, name))));
  const name = TEST_FOLDERS.find((_, i) => there[i]);
  if (name === undefined) {
    throw new UserError(
      `[@fbsd/datasets] loadClassFolders: ${folder} holds train/ but none of ${TEST_FOLDERS.join('/, ')}/. Add one, or give ${join(folder, 'train')} to have it split.`,
    );
  }
  const unknown = (await folders(join(folder, name))).filter((c) => !classNames.includes(c));
  if (unknown.length > 0) {
    throw new UserError(
      `[@fbsd/datasets] loadClassFolders: ${join(folder, name)} holds the class '${unknown[0]}', which train/ lacks.`,
    );
  }
  return read(folder, join(folder, name), classNames, firstId);
}

/** Names of the folders in a folder, in their order. */
async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

async function read(
  root: string,
  path: string,
  classNames: readonly string[],
  firstId: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const [label, name] of classNames.entries()) {
    const own = join(path, name);
    if (!(await isFolder(own))) continue; // a class may have no test pictures
    const files = (await readdir(own, { recursive: true })).filter(isPicture).sort();
    if (files.length === 0) {
      throw new UserError(`[@fbsd/datasets] loadClassFolders: ${own} holds no picture.`);
    }
    for (const file of files) {
      const absolute = join(own, file);
      const id = firstId + samples.length;
      samples.push({ id, path: absolute, file: absolute.slice(root.length + 1), label });
    }
  }
  return samples;
}
