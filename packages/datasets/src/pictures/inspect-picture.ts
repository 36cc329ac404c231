import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { WITHOUT_WAITING } from '../files/regular-file.ts';
import { HEAD_BYTES, isComplete } from './formats.ts';
import { PictureFault } from './picture-fault.ts';
import { requireFormat, requireRegular } from './picture-header.ts';

/** What a picture's file shows without being decoded. */
export interface Inspected {
  /** False when its end is not as its format demands, undefined when the format demands none. */
  complete: boolean | undefined;
  /** The same for files of the same bytes, and seldom for others. */
  fingerprint: string;
}

/**
 * Looks at a file's beginning and end.
 *
 * @throws PictureFault when it is missing, cannot be opened, is no regular file, or not of a format that is read
 */
export async function inspectPicture(path: string): Promise<Inspected> {
  const file = await open(path, WITHOUT_WAITING).catch((cause) => {
    throw new PictureFault(systemReason(cause), { cause });
  });
  try {
    const stats = await file.stat();
    requireRegular(stats);
    const bytes = async (from: number) => {
      const { buffer, bytesRead } = await file.read(
        new Uint8Array(HEAD_BYTES),
        0,
        HEAD_BYTES,
        from,
      );
      return buffer.subarray(0, bytesRead);
    };
    const format = requireFormat(await bytes(0));
    const tail = await bytes(Math.max(0, stats.size - HEAD_BYTES));
    return {
      complete: isComplete(format, tail),
      fingerprint: `${stats.size} ${crc32(tail)}`,
    };
  } finally {
    await file.close();
  }
}

/** Says in a few words why a picture could not be read. */
export async function reasonOf(path: string, error: unknown): Promise<string> {
  if (error instanceof PictureFault) return error.message;
  if (typeof (error as NodeJS.ErrnoException).code === 'string') return systemReason(error);
  if (/^timeout/.test((error as Error).message)) return 'decoding it takes too long';
  // Otherwise not the decoder's message: it comes from a buffer that all decoding threads share.
  const inspected = await inspectPicture(path).catch((fault: Error) => fault);
  if (inspected instanceof Error) return inspected.message;
  return inspected.complete === false ? 'truncated' : 'damaged';
}

function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'missing' : message;
}
