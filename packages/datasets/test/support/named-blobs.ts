import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { NamedBlob } from '../../src/web/named-blob.ts';

/** All files of a folder as a page has them, with paths that begin with `around`, in no order. */
export async function namedBlobs(root: string, around = ''): Promise<NamedBlob[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const blobs = files.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    const path = around + relative(root, file).split(sep).join('/');
    return { path, blob: new Blob([await readFile(file)]) };
  });
  return (await Promise.all(blobs)).reverse();
}
