import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Programs load modules of theirs while they run. */
const PROGRAMS = fileURLToPath(new URL('../../../', import.meta.url));
/** Where a GPU is looked for. */
const DEVICES = ['/dev', '/dev/dri'];

/**
 * Takes note of every file that the process opens from now on outside of a folder.
 *
 * @param {string} folder
 * @returns {() => string[]} the paths since the last time
 */
export function watchReads(folder) {
  /** @type {string[]} */
  let outside = [];
  const look = (/** @type {unknown} */ path) => {
    if (typeof path !== 'string') return; // an open file
    const real = resolve(path);
    if (DEVICES.includes(real)) return;
    if (
      ![folder + sep, PROGRAMS, '/proc/', '/sys/'].some((own) => `${real}${sep}`.startsWith(own))
    ) {
      outside.push(real);
    }
  };
  const watched = [
    [fs, ['readFileSync', 'openSync', 'open', 'readFile', 'createReadStream', 'readdirSync']],
    [fs.promises, ['open', 'readFile', 'readdir']],
  ];
  for (const [module, names] of /** @type {[Record<string, Function>, string[]][]} */ (watched)) {
    for (const name of names) {
      const original = /** @type {Function} */ (module[name]);
      module[name] = (/** @type {unknown[]} */ ...args) => {
        look(args[0]);
        return original(...args);
      };
    }
  }
  syncBuiltinESMExports();
  return () => {
    const paths = outside;
    outside = [];
    return paths;
  };
}
