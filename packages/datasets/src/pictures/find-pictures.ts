import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { walk } from '../files/walk.ts';
import { isPicture } from './picture-name.ts';

/**
 * Lists the pictures that paths stand for: files as they are given; of folders all files that are named as
 * pictures, in the order of their names, those in folders below included, those that are hidden or a system's left out.
 *
 * @throws UserError when a path does not exist, or a folder holds no picture
 */
export async function findPictures(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => {
        throw new UserError(`[@fbsd/datasets] there is no file or folder ${path}.`);
      },
    );
    if (!isFolder) {
      found.push(path);
      continue;
    }
    const files = (await walk(path)).files.filter(isPicture);
    if (files.length === 0)
      throw new UserError(`[@fbsd/datasets] the folder ${path} holds no picture.`);
    found.push(...files.map((file) => join(path, file)));
  }
  return found;
}
