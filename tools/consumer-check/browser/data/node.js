// Reads a folder of classes as Node does, and packs it.
// Usage: node node.js FOLDER ARCHIVE; prints the data set, as JSON
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { loadClassFolders } from '@fbsd/datasets';
import { BlobWriter, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';

const [folder, archive] = /** @type {[string, string]} */ (process.argv.slice(2));
const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  const content = new Uint8ArrayReader(await readFile(file));
  await zip.add(join(basename(folder), relative(folder, file)), content);
}
await writeFile(archive, new Uint8Array(await (await zip.close()).arrayBuffer()));
console.log(JSON.stringify(await loadClassFolders(folder, { seed: 3, skipCorrupt: true })));
