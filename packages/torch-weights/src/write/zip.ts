import {
  DIRECTORY_ENTRY,
  END,
  END_64,
  END_64_LOCATOR,
  LOCAL_HEADER,
  LOCAL_HEADER_BYTES,
  MAX_16,
  MAX_32,
  SIZES_64,
  STORED,
} from '../zip-format.ts';
import { ByteWriter } from './byte-writer.ts';
import { crc32 } from './crc32.ts';
import type { Pieces } from './pieces.ts';

/** A record of an archive. */
export interface ZipRecord {
  /** Of ASCII, and unlike the others'. */
  readonly name: string;
  /** Bytes that {@link read} returns. */
  readonly size: number;
  readonly read: () => Uint8Array<ArrayBuffer>;
}

interface Written {
  readonly name: Uint8Array;
  readonly size: number;
  readonly crc: number;
  /** Where its header begins. */
  readonly offset: number;
}

/** Bytes of an extra field before its content. */
const EXTRA_HEADER_BYTES = 4;
/** Bytes of END_64 behind its signature and its own length. */
const END_64_BYTES = 44;

/** PyTorch's field of padding. */
const PADDING = 0x4246;

const VERSION = 20;
/** With fields of 64 bits. */
const VERSION_64 = 45;
/** 1 January 1980, the first day of zip: the same tensors make the same bytes. */
const DATE = 0x0021;

/** A zip archive of records that are not compressed, the data of each at a multiple of `alignment`. */
export function* zipPieces(records: readonly ZipRecord[], alignment: number): Pieces {
  const written: Written[] = [];
  let position = 0;
  for (const { name: text, size, read } of records) {
    const name = new TextEncoder().encode(text);
    const bytes = read();
    const record: Written = { name, size, crc: crc32(bytes), offset: position };
    const header = localHeader(record, alignment);
    yield header;
    yield bytes;
    position += header.length + size;
    written.push(record);
  }
  const directory = new ByteWriter();
  for (const record of written) writeDirectoryEntry(directory, record);
  yield directory.bytes();
  yield ending(written.length, position, directory.bytes().length);
}

function localHeader({ name, size, crc, offset }: Written, alignment: number) {
  const extra = new ByteWriter();
  if (size >= MAX_32) extra.u16(SIZES_64).u16(16).u64(size).u64(size);
  const unpadded = LOCAL_HEADER_BYTES + name.length + extra.bytes().length + EXTRA_HEADER_BYTES;
  const padding = (alignment - ((offset + unpadded) % alignment)) % alignment;
  extra.u16(PADDING).u16(padding).raw(new Uint8Array(padding));
  const header = new ByteWriter().u32(LOCAL_HEADER);
  return writeCommon(header, size, crc, name, extra.bytes()).raw(name).raw(extra.bytes()).bytes();
}

function writeDirectoryEntry(directory: ByteWriter, { name, size, crc, offset }: Written): void {
  const large = [...(size >= MAX_32 ? [size, size] : []), ...(offset >= MAX_32 ? [offset] : [])];
  const extra = new ByteWriter();
  if (large.length > 0) extra.u16(SIZES_64).u16(8 * large.length);
  for (const value of large) extra.u64(value);
  directory.u32(DIRECTORY_ENTRY).u16(VERSION_64);
  writeCommon(directory, size, crc, name, extra.bytes());
  directory.u16(0).u16(0).u16(0).u32(0); // comment, disk, attributes
  directory.u32(Math.min(offset, MAX_32)).raw(name).raw(extra.bytes());
}

/** What both headers of a record have. */
function writeCommon(
  header: ByteWriter,
  size: number,
  crc: number,
  name: Uint8Array,
  extra: Uint8Array,
): ByteWriter {
  const length = Math.min(size, MAX_32);
  header
    .u16(extra[0] === SIZES_64 ? VERSION_64 : VERSION)
    .u16(0)
    .u16(STORED); // no flags
  header.u16(0).u16(DATE).u32(crc).u32(length).u32(length);
  return header.u16(name.length).u16(extra.length);
}

/** The end of an archive whose directory of `size` bytes begins at `offset`. */
function ending(records: number, offset: number, size: number): Uint8Array<ArrayBuffer> {
  const end = new ByteWriter();
  if (records >= MAX_16 || offset >= MAX_32 || size >= MAX_32) {
    end.u32(END_64).u64(END_64_BYTES).u16(VERSION_64).u16(VERSION_64).u32(0).u32(0);
    end.u64(records).u64(records).u64(size).u64(offset);
    end
      .u32(END_64_LOCATOR)
      .u32(0)
      .u64(offset + size)
      .u32(1);
  }
  const count = Math.min(records, MAX_16);
  end.u32(END).u16(0).u16(0).u16(count).u16(count);
  return end.u32(Math.min(size, MAX_32)).u32(Math.min(offset, MAX_32)).u16(0).bytes();
}
