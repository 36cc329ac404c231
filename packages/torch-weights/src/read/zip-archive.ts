import { isCount } from '../sizes.ts';
import { quoted, WeightFileError } from '../weight-file-error.ts';
import {
  DIRECTORY_ENTRY,
  END_64,
  END_64_LOCATOR,
  LOCAL_HEADER,
  LOCAL_HEADER_BYTES,
  MAX_16,
  MAX_32,
  SIZES_64,
  STORED,
} from '../zip-format.ts';
import { type ByteSource, readBytes } from './byte-source.ts';
import { Cursor } from './cursor.ts';
import { inflate } from './inflate.ts';

/** A file in an archive, as the directory at the archive's end describes it. */
export interface ZipRecord {
  readonly name: string;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes unpacked. */
  readonly size: number;
  readonly method: number;
  /** Where its header begins. */
  readonly offset: number;
}

/** The signature of the end record, byte by byte. */
const END = [0x50, 0x4b, 5, 6];

const END_64_LOCATOR_BYTES = 20;
const END_64_BYTES = 56;
const END_BYTES = 22;
/** Of the comment behind the end record, by its field of 16 bits. */
const MAX_COMMENT_BYTES = 0xffff;

const ENCRYPTED = 1;
const DEFLATED = 8;

/** A directory of some 100,000 records. */
const MAX_DIRECTORY_BYTES = 2 ** 24;

/**
 * Reads the directory of a zip archive, also of one beyond 4 GiB (zip64), and nothing else of the file.
 *
 * @see {@link https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT | the format}
 */
export async function readZipDirectory(source: ByteSource): Promise<ZipRecord[]> {
  const { count, size, offset } = await readEnd(source);
  if (size > MAX_DIRECTORY_BYTES) {
    throw new WeightFileError(source.name, `its zip directory takes ${size} bytes, too many.`);
  }
  const directory = new Cursor(
    `${source.name}, zip directory`,
    await readBytes(source, offset, size),
  );
  const records: ZipRecord[] = [];
  while (records.length < count) records.push(readEntry(source, directory));
  return records;
}

/** Reads one record and unpacks it. */
export async function readZipRecord(
  source: ByteSource,
  record: ZipRecord,
): Promise<Uint8Array<ArrayBuffer>> {
  const { name, packed, size, method, offset } = record;
  const header = await cursorAt(source, offset, LOCAL_HEADER_BYTES);
  if (header.u32() !== LOCAL_HEADER) {
    throw damaged(source, `at byte ${offset} record ${quoted(name)} should begin`);
  }
  header.take(22); // what the directory says, too
  const start = offset + LOCAL_HEADER_BYTES + header.u16() + header.u16(); // behind name and extra fields
  if (method === STORED && packed !== size) {
    throw damaged(source, `record ${quoted(name)} has ${packed} bytes, but should have ${size}`);
  }
  const bytes = await readBytes(source, start, packed);
  if (method === STORED) return bytes;
  if (method !== DEFLATED) {
    throw new WeightFileError(
      source.name,
      `record ${quoted(name)} is compressed by method ${method}; only stored and deflated records are read. ` +
        'Save it with torch.save.',
    );
  }
  try {
    return await inflate(bytes, size);
  } catch (error) {
    throw damaged(source, (error as Error).message, error);
  }
}

/** Where the directory is, from the end record, and from the one of 64 bits where that does not hold it. */
async function readEnd(source: ByteSource) {
  const length = Math.min(source.size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await readBytes(source, source.size - length, length);
  const at = findEnd(tail);
  if (at < 0) throw damaged(source, 'the record that ends an archive is missing');
  const end = new Cursor(source.name, tail, at + 10); // disks and a count for each are passed over
  const [count, size, offset] = [end.u16(), end.u32(), end.u32()];
  if (count !== MAX_16 && size !== MAX_32 && offset !== MAX_32) return { count, size, offset };
  const position = source.size - length + at - END_64_LOCATOR_BYTES;
  const locator = await cursorAt(source, position, END_64_LOCATOR_BYTES);
  if (locator.u32() !== END_64_LOCATOR) throw damaged(source, 'its zip64 locator is missing');
  locator.u32(); // disk
  const end64 = await cursorAt(source, whole(source, locator.u64()), END_64_BYTES);
  if (end64.u32() !== END_64) throw damaged(source, 'its zip64 end record is missing');
  end64.take(28); // its own length, versions, disks and the count for this one
  return {
    count: whole(source, end64.u64()),
    size: whole(source, end64.u64()),
    offset: whole(source, end64.u64()),
  };
}

/** Where the end record begins, whose comment reaches to the end of the file; −1 if nowhere. */
function findEnd(tail: Uint8Array): number {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (!END.every((byte, i) => tail[at + i] === byte)) continue;
    const comment = (tail[at + 20] as number) + 256 * (tail[at + 21] as number);
    if (at + END_BYTES + comment === tail.length) return at;
  }
  return -1;
}

function readEntry(source: ByteSource, directory: Cursor): ZipRecord {
  if (directory.u32() !== DIRECTORY_ENTRY) {
    throw damaged(source, 'its directory holds something else than records');
  }
  directory.u32(); // versions
  const flags = directory.u16();
  const method = directory.u16();
  directory.take(8); // time, date, checksum
  let packed = directory.u32();
  let size = directory.u32();
  const [nameLength, extraLength, commentLength] = [
    directory.u16(),
    directory.u16(),
    directory.u16(),
  ];
  directory.take(8); // disk, attributes
  let offset = directory.u32();
  const name = directory.utf8(nameLength);
  const extra = new Cursor(`${source.name}, zip directory`, directory.take(extraLength));
  directory.take(commentLength);
  if (flags & ENCRYPTED) {
    throw new WeightFileError(
      source.name,
      `record ${quoted(name)} is encrypted. Unpack it, and save it with torch.save.`,
    );
  }
  if (size === MAX_32 || packed === MAX_32 || offset === MAX_32) {
    const sizes = findSizes64(extra, extraLength);
    if (!sizes) throw damaged(source, `record ${quoted(name)} lacks its sizes of 64 bits`);
    if (size === MAX_32) size = whole(source, sizes.u64());
    if (packed === MAX_32) packed = whole(source, sizes.u64());
    if (offset === MAX_32) offset = whole(source, sizes.u64());
  }
  return { name, packed, size, method, offset };
}

/** The content of the extra field of sizes, if there is one. */
function findSizes64(extra: Cursor, length: number): Cursor | undefined {
  while (extra.position + 4 <= length) {
    const id = extra.u16();
    const content = extra.take(extra.u16());
    if (id === SIZES_64) return new Cursor(extra.label, content);
  }
  return undefined;
}

async function cursorAt(source: ByteSource, offset: number, length: number): Promise<Cursor> {
  return new Cursor(source.name, await readBytes(source, offset, length));
}

/** A number of 64 bits that a double holds. */
function whole(source: ByteSource, value: number | bigint): number {
  if (isCount(value)) return value;
  throw damaged(source, `it announces ${value} bytes or records`);
}

function damaged(source: ByteSource, what: string, cause?: unknown): WeightFileError {
  return new WeightFileError(
    source.name,
    `its zip archive cannot be read: ${what}. It is cut off or damaged: download or save it again.`,
    cause === undefined ? undefined : { cause },
  );
}
