import { UserError } from '@fbsd/trainer';
import { BlobReader, BlobWriter, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import type { NamedBlob } from '../engine.ts';

/** Bytes that a model in an archive may have: a small archive can be made to fill the memory. */
const MOST = 2 ** 31;

/** The files of a ZIP archive that holds a model, with their paths. */
export async function unzip({ path, blob }: NamedBlob): Promise<NamedBlob[]> {
  const reader = new ZipReader(new BlobReader(blob), { useWebWorkers: false, checkCrc32: true });
  try {
    const entries = await reader.getEntries();
    const size = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    if (size > MOST)
      throw new UserError(`${path} is too large when it is unpacked. Choose its folder.`);
    const files: NamedBlob[] = [];
    for (const entry of entries) {
      if (entry.directory) continue;
      files.push({ path: entry.filename, blob: await entry.getData(new BlobWriter()) });
    }
    return files;
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${path} cannot be unpacked: it is damaged, or no ZIP archive.`, { cause });
  }
}
