import { readdir, readFile, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { ROOT } from '../../workspace/repository.js';

/** Fails if a file names a path of this repository. @param {string} folder */
export async function expectNothingOfRepository(folder) {
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    if ((await readFile(path)).includes(ROOT))
      throw new Error(`a path of the repository in ${path}`);
  }
}

/** Symbolic links in a folder that lead out of it. @param {string} folder @returns {Promise<string[]>} */
export async function foreignLinks(folder) {
  const inside = await realpath(folder);
  const found = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const way = relative(inside, await realpath(path));
    if (way.startsWith('..') || isAbsolute(way)) found.push(path);
  }
  return found;
}
