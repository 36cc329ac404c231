import { UserError } from '@fbsd/trainer/data';
import { bytes } from '@fbsd/trainer/format';
import type { FileEntry } from '@zip.js/zip.js';
import { leadsOut } from '../files/leads-out.ts';
import { isPicture } from '../pictures/picture-name.ts';
import type { NamedBlob } from './named-blob.ts';

/** Options of {@link filesOfZip}. */
export interface ZipOptions {
  /** Tells by its path if a file is to be unpacked. @default those that are named as pictures */
  wanted?(path: string): boolean;
  /** Bytes that what is unpacked may have: a small archive can be made to fill memory and disk. @default 4 GiB */
  maxBytes?: number;
  /** Is told the number of files unpacked so far, and of all. */
  onProgress?(done: number, total: number): void;
}

const MOST_FILES = 100_000;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files of a ZIP archive, with their paths. Those that are wanted are unpacked, one at a time; of others there are the
 * paths alone. The `fault` of a file that is not unpacked says why: not wanted, encrypted, damaged, compressed in a way
 * that is not read.
 *
 * Names are read as UTF-8 where they can be, and otherwise as those of MS-DOS, as other programs do; backslashes become
 * slashes.
 *
 * @throws UserError that names the archive: no ZIP archive, damaged, of more than 100,000 files, too large when unpacked
 */
export async function filesOfZip(
  archive: Blob,
  { wanted = isPicture, maxBytes = 2 ** 32, onProgress = () => {} }: ZipOptions = {},
): Promise<NamedBlob[]> {
  const name = (archive as Partial<File>).name || 'the archive';
  const entries = (await entriesOf(archive, name)).map((entry) => {
    const path = pathOf(entry);
    return { entry, path, fault: wanted(path) ? faultOf(entry, path) : 'not unpacked' };
  });
  const size = entries
    .filter(({ fault }) => fault === undefined)
    .reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  if (size > maxBytes) {
    throw new UserError(
      `[@fbsd/datasets] filesOfZip: the files of ${name} have ${bytes(size)} when they are unpacked, more than ${bytes(maxBytes)}. Unpack it, and give its folders.`,
    );
  }
  const files: NamedBlob[] = [];
  for (const { entry, path, fault } of entries) {
    const unpacked = fault === undefined ? await contentOf(entry).catch(() => null) : undefined;
    const reason = unpacked === null ? 'damaged in the archive' : fault;
    files.push({
      path,
      blob: unpacked ?? new Blob(),
      ...(reason !== undefined && { fault: reason }),
    });
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

/** The path of an entry, with `/` as Windows' programs do not always have it. */
function pathOf({ filename }: FileEntry): string {
  const parts = filename.replaceAll('\\', '/').split('/');
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}

/** Why an entry cannot be unpacked. */
function faultOf({ encrypted, compressionMethod }: FileEntry, path: string): string | undefined {
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
