import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Files in a folder, for readers that take a folder.
 *
 * @param {string} folder
 * @param {readonly string[]} paths of files in it
 */
export function onDisk(folder, paths) {
  const originals = Object.fromEntries(
    paths.map((path) => [path, /** @type {Uint8Array} */ (readFileSync(join(folder, path)))]),
  );
  const put = (/** @type {import('./reader.js').Files} */ files) => {
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, path);
      if (content === null) rmSync(file, { recursive: true, force: true });
      else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    }
  };
  return {
    originals,
    /**
     * Runs something while files in the folder are others.
     *
     * @param {import('./reader.js').Files} files
     * @param {() => Promise<void>} run
     */
    async within(files, run) {
      put(files);
      try {
        await run();
      } finally {
        put(Object.fromEntries(Object.keys(files).map((path) => [path, originals[path] ?? null])));
      }
    },
  };
}
