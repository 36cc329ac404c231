import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of tfjs-node 4.22 that call util.isNullOrUndefined, which Node 23 removed. */
const FILES = ['dist/nodejs_kernel_backend.js', 'dist/kernels/TopK.js'];

/**
 * Replaces the calls of `util.isNullOrUndefined`, so that the package loads on Node 23 and newer.
 *
 * @param {string} folder of the package
 * @returns {string[]} the files that were changed, relative to the folder
 */
export function repair(folder) {
  return FILES.filter((file) => {
    const path = join(folder, file);
    const before = readFileSync(path, 'utf8');
    const after = before.replaceAll('(0, util_1.isNullOrUndefined)(', '((x) => x == null)(');
    if (after !== before) writeFileSync(path, after);
    return after !== before;
  });
}
