import { basename, join, resolve } from 'node:path';
import { type Dataset, type Sample, type SplitOptions, UserError } from '@fbsd/trainer';
import { isFolder } from '../files/exists.ts';
import { foldersIn, hiddenIn, walk } from '../files/walk.ts';
import { checkPictures } from '../pictures/check-pictures.ts';
import { ADVICE, arrangeClasses, divide, type Folders } from './arrange-classes.ts';
import type { LoadOptions } from './load-options.ts';
import { sameFiles } from './same-files.ts';

/** Options of {@link loadClassFolders}; `seed` and `testShare` count where the folder has no split of its own. */
export interface ClassFoldersOptions extends LoadOptions, SplitOptions {}

/**
 * Reads pictures in a folder for each class: `train/<class>/…` and `test/<class>/…` (or `val/`), or
 * `<class>/…` alone, which are then split at random, the same way for the same seed.
 *
 * Classes are the folders in the order of their names; a folder may hold folders, and links to folders count as
 * folders. Upper and lower case of `train` and `test` is the same. Hidden and system files are left out, and files that
 * are no pictures that can be read; warnings count them and name the hidden ones, and name test images that are training images as well.
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
  if (!(await isFolder(folder))) {
    throw new UserError(
      `[@fbsd/datasets] loadClassFolders: there is no folder ${folder}. ${ADVICE}`,
    );
  }
  const arranged = await arrangeClasses('loadClassFolders', diskFolders(folder));
  const samples = [...arranged.train, ...arranged.test].map(({ file, ...sample }): Sample => {
    const path = join(folder, file);
    return { ...sample, path, file: path.slice(folder.length + 1) };
  });
  const { readable, fingerprints, warnings } = await checkPictures('loadClassFolders', samples, {
    skipCorrupt,
    ...options,
  });
  const parts = divide(arranged, readable, options);
  const { classNames, leftOut, notes } = arranged;
  warnings.push(...leftOut.sentences(), ...notes, ...(await sameFiles(parts, fingerprints)));
  if (parts.test.length === 0) warnings.push('There are no test images.');
  return { name: basename(folder), root: folder, classNames, partNames: [], ...parts, warnings };
}

function diskFolders(root: string): Folders {
  return {
    foldersIn: (folder) => foldersIn(join(root, folder)),
    hiddenIn: (folder) => hiddenIn(join(root, folder)),
    walk: (folder) => walk(join(root, folder)),
    nameOf: (folder) => join(root, folder),
  };
}
