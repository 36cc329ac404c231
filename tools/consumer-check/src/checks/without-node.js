import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { entries, isForNode } from '../../../workspace/repository.js';
import { nodeUses, relativeImports } from '../node-uses.js';

/**
 * The files that a package publishes use nothing of Node, outside of its entry for Node; of a package that is for Node
 * itself, the files that its other entries import.
 *
 * @param {import('../results.js').Results} results
 * @param {import('../../../workspace/repository.js').Package} published
 * @param {string} folder where it is installed
 */
export async function checkWithoutNode(results, { manifest }, folder) {
  const forAll = entries(manifest).filter((entry) => !isForNode(entry));
  if (forAll.length === 0) return;
  await results.check(manifest.name, 'without Node', async () => {
    const installed = join(folder, 'node_modules', manifest.name);
    const dist = join(installed, 'dist');
    const files = isForNode(manifest.name)
      ? await filesOf(installed, manifest, forAll)
      : await filesIn(dist);
    if (files.length === 0) throw new Error('there are no files');
    const uses = await Promise.all(
      files.map(async (file) => {
        const found = nodeUses(file, await readFile(join(dist, file), 'utf8'));
        return found.length > 0 ? [`dist/${file}: ${found.join(', ')}`] : [];
      }),
    );
    if (uses.some(({ length }) => length > 0)) throw new Error(uses.flat().join('\n'));
    return `${files.length} files: no import, no global of it`;
  });
}

/** @param {string} dist @returns {Promise<string[]>} code and types, without the folder for Node */
async function filesIn(dist) {
  const files = await readdir(dist, { recursive: true });
  return files.filter((file) => /\.(js|d\.ts)$/.test(file) && !file.startsWith('node/'));
}

/**
 * The files that entries are made of: their code and types, what these import of the package, and so on.
 *
 * @param {string} installed the folder of the package
 * @param {import('../../../workspace/repository.js').Manifest} manifest
 * @param {readonly string[]} of entries
 * @returns {Promise<string[]>} paths in dist
 */
async function filesOf(installed, { name, exports }, of) {
  const targets = of.flatMap((entry) => {
    const { types, default: code } = /** @type {Record<string, string>} */ (
      exports[entry.replace(name, '.')]
    );
    return [types, code].map((path) => String(path).replace('./dist/', ''));
  });
  const found = new Set(targets);
  for (const file of found) {
    const code = await readFile(join(installed, 'dist', file), 'utf8');
    for (const imported of relativeImports(file, code)) {
      const path = join(dirname(file), imported);
      found.add(file.endsWith('.d.ts') ? path.replace(/(\.d)?\.[jt]s$/, '.d.ts') : path);
    }
  }
  return [...found];
}
