import { UserError } from '@fbsd/trainer';
import { bytes } from '@fbsd/trainer/format';
import type { FileEntry } from '@zip.js/zip.js';
import { leadsOut } from '../files/leads-out.ts';
import { isPicture } from '../pictures/picture-name.ts';
import type { NamedBlob } from './named-blob.ts';

/** Options of {@link filesOfZip}. */
export interface ZipOptions {
  /** Bytes that all its pictures may have: a small archive can be made to fill memory and disk. @default 4 GiB */
  maxBytes?: number;
  /** Is told the number of files unpacked so far, and of all. */
  onProgress?(done: number, total: number): void;
}

const MOST_FILES = 100_000;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files of a ZIP archive, with their paths. Pictures are unpacked, one at a time; of other files there are the paths
 * alone. The `fault` of a picture that cannot be unpacked says why: encrypted, damaged, compressed in a way that is not
 * read.
 *
 * Names are read as UTF-8 where they can be, and otherwise as those of MS-DOS, as other programs do; backslashes become
 * slashes.
 *
 * @throws UserError that names the archive: no ZIP archive, damaged, of more than 100,000 files, too large when unpacked
 */
export async function filesOfZip(
  archive: Blob,
  { maxBytes = 2 ** 32, onProgress = () => {} }: ZipOptions = {},
): Promise<NamedBlob[]> {
  const name = (archive as Partial<File>).name || 'the archive';
  const entries = await entriesOf(archive, name);
  const size = entries
    .filter(({ filename }) => isPicture(filename))
    .reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (size > maxBytes) {
    throw new UserError(
      `[@fbsd/datasets] filesOfZip: the pictures of ${name} have ${bytes(size)} when they are unpacked, more than ${bytes(maxBytes)}. Unpack it, and give its folders.`,
    );
  }
  const files: NamedBlob[] = [];
  for (const entry of entries) {
    files.push(await unpack(entry));
    onProgress(files.length, entries.length);
  }
  return files;
}

async function entriesOf(archive: Blob, name: string): Promise<FileEntry[]> {
  // Only a page that is given an archive loads it.
  const { BlobReader, ZipReader } = await import('@zip.js/zip.js/lib/zip-core-native.js');
  const reader = new ZipReader(new BlobReader(archive), {
    useWebWorkers: false,
    checkCrc32: true,
    filenameValidation: 'tolerant', // nothing is written by these names
  });
  const entries: FileEntry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory) continue;
      entries.push(entry);
      if (entries.length > MOST_FILES) break;
    }
  } catch (cause) {
    throw new UserError(
      `[@fbsd/datasets] filesOfZip: ${name} cannot be read (damaged, or no ZIP archive).`,
      { cause },
    );
  }
  if (entries.length <= MOST_FILES) return entries;
  throw new UserError(
    `[@fbsd/datasets] filesOfZip: ${name} holds more than ${MOST_FILES} files. Pack the folders of the pictures alone.`,
  );
}

async function unpack(entry: FileEntry): Promise<NamedBlob> {
  const parts = entry.filename.replaceAll('\\', '/').split('/');
  const path = parts.filter((part) => part !== '' && part !== '.').join('/');
  const fault = faultOf(entry, path);
  if (fault !== undefined) return { path, blob: new Blob(), fault };
  return contentOf(entry).then(
    (blob) => ({ path, blob }),
    () => ({ path, blob: new Blob(), fault: 'damaged in the archive' }),
  );
}

/** Why an entry is not unpacked. */
function faultOf({ encrypted, compressionMethod }: FileEntry, path: string): string | undefined {
  if (!isPicture(path)) return 'not unpacked, since its name is none of a picture';
  if (leadsOut(path)) return 'its path leads out of the archive';
  if (encrypted) return 'encrypted';
  const isRead = compressionMethod === STORED || compressionMethod === DEFLATED;
  return isRead ? undefined : 'compressed in a way that is not read';
}

/** @throws Error when it is damaged, or larger than the archive says */
async function contentOf(entry: FileEntry): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const collected = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(part) {
      size += part.length;
      if (size > entry.uncompressedSize) throw new RangeError('larger than the archive says');
      parts.push(part);
    },
  });
  await entry.getData(collected);
  return new Blob(parts);
}
