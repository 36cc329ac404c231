import { isCount } from '../sizes.ts';
import { WeightFileError } from '../weight-file-error.ts';

/** A file whose bytes are read piece by piece, in any order. */
export interface ByteSource {
  /** What errors call it. */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /** `length` bytes from `offset`, both checked by {@link readBytes} before; never changed later. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Reads `length` bytes from `offset`. Nothing is allocated for a piece that the file does not have.
 *
 * @throws WeightFileError for a piece outside of the file
 */
export async function readBytes(
  source: ByteSource,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const inside = isCount(offset) && isCount(length) && offset + length <= source.size;
  if (!inside) {
    throw new WeightFileError(
      source.name,
      `${length} bytes from byte ${offset} are announced, but the file ends at byte ${source.size}. ` +
        'It is cut off or damaged: download or save it again.',
    );
  }
  return source.read(offset, length);
}

/** Bytes in memory; what is read shares them. */
export function bytesSource(name: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  const { buffer, byteOffset, byteLength } = bytes; // not subarray: a Buffer's slice() does not copy
  return {
    name,
    size: byteLength,
    read: async (offset, length) => new Uint8Array(buffer, byteOffset + offset, length),
  };
}

/** A Blob, as a file that a page's user chose: read from the disk piece by piece. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    read: async (offset, length) =>
      new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}
