import { type ByteSource, bytesSource } from '../../src/read/byte-source.ts';
import { Cursor } from '../../src/read/cursor.ts';
import { readWeights } from '../../src/read/read-state-dict.ts';
import type { StateDict } from '../../src/state-dict.ts';

/** What reading a file took, whatever the machine. */
export interface Work {
  /** Values that were read one after the other out of headers and pickles; each operation of a pickle is one. */
  steps: number;
  /** Bytes that were asked of the file. */
  bytes: number;
}

interface Advancing {
  advance(length: number | bigint): number;
}

/**
 * Reads a file and counts the work in `work`. A reader that takes more than `most` steps is stopped by an
 * error, so that one that never ends fails like one that is slow.
 */
export async function readCounted(
  file: Uint8Array<ArrayBuffer>,
  work: Work,
  most = Number.POSITIVE_INFINITY,
): Promise<StateDict> {
  const { name, size, read } = bytesSource('x.pth', file);
  const source: ByteSource = {
    name,
    size,
    read: (offset, length) => {
      work.bytes += length;
      return read(offset, length);
    },
  };
  const cursor = Cursor.prototype as unknown as Advancing;
  const { advance } = cursor;
  cursor.advance = function (length) {
    work.steps++;
    if (work.steps > most) throw new Error(`more than ${most} steps for ${size} bytes`);
    return advance.call(this, length);
  };
  try {
    return await readWeights(source);
  } finally {
    cursor.advance = advance;
  }
}
