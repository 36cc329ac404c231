import {
  BlobWriter,
  configure,
  Uint8ArrayReader,
  ZipWriter,
} from '@zip.js/zip.js/lib/zip-core-native.js';

/** A file of an archive. */
export interface FileToZip {
  path: string;
  bytes: Uint8Array;
}

/**
 * Packs files into a ZIP archive, without compression: weights have nothing to compress.
 *
 * @param onFile is told how many are packed so far
 */
export async function zipOf(
  files: readonly FileToZip[],
  onFile: (done: number) => void,
): Promise<Blob> {
  configure({ useWebWorkers: false });
  const writer = new ZipWriter(new BlobWriter('application/zip'), { level: 0 });
  for (const [i, { path, bytes }] of files.entries()) {
    await writer.add(path, new Uint8ArrayReader(bytes));
    onFile(i + 1);
  }
  return writer.close();
}
