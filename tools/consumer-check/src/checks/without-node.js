import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeUses } from '../node-uses.js';

/**
 * The files that a package publishes use nothing of Node, outside of its entry for Node.
 *
 * @param {import('../results.js').Results} results
 * @param {import('../../../workspace/repository.js').Package} published
 * @param {string} folder where it is installed
 */
export async function checkWithoutNode(results, { manifest }, folder) {
  await results.check(manifest.name, 'without Node', async () => {
    const dist = join(folder, 'node_modules', manifest.name, 'dist');
    const files = (await readdir(dist, { recursive: true })).filter(
      (file) => /\.(js|d\.ts)$/.test(file) && !file.startsWith('node/'),
    );
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
