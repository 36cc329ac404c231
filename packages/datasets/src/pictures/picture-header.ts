import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { irregularity, WITHOUT_WAITING } from '../files/regular-file.ts';
import { describeOther, formatOf, HEAD_BYTES, type PictureFormat } from './formats.ts';
import { PictureFault } from './picture-fault.ts';
import { pixelsOf, type ReadBytes } from './picture-size.ts';

/** What the beginning of a picture's file says. */
export interface PictureHeader {
  format: PictureFormat;
  /** Width times height; undefined where only the decoder finds it. */
  pixels: number | undefined;
  /** Gray in 16 bits, without alpha; undefined where only the decoder finds it. */
  isDeepGray: boolean | undefined;
}

/**
 * Looks at the beginning of a picture's file. It does so at once, since what is decoded has to be queued before a step
 * blocks the main thread; it takes some 20 µs.
 *
 * @throws PictureFault for what is no regular file, or not of a format that is read
 * @throws Error of the system when it cannot be opened
 */
export function readHeader(path: string): PictureHeader {
  const file = openSync(path, WITHOUT_WAITING);
  try {
    requireRegular(fstatSync(file));
    const read: ReadBytes = (from, count) => {
      const bytes = Buffer.alloc(count);
      return bytes.subarray(0, readSync(file, bytes, 0, count, from));
    };
    const head = read(0, HEAD_BYTES);
    const format = requireFormat(head);
    return { format, pixels: pixelsOf(format, head, read), isDeepGray: isDeepGray(format, head) };
  } finally {
    closeSync(file);
  }
}

/** @throws PictureFault for a folder, pipe, device or socket, and for an empty file */
export function requireRegular(stats: Stats): void {
  const what = irregularity(stats);
  if (what) throw new PictureFault(`no file but ${what}`);
  if (stats.size === 0) throw new PictureFault('empty');
}

/** The format of a file by its first bytes. @throws PictureFault when it is not one that is read */
export function requireFormat(head: Uint8Array): PictureFormat {
  const format = formatOf(head);
  if (format) return format;
  throw new PictureFault(head.length === 0 ? 'empty' : describeOther(head));
}

function isDeepGray({ name }: PictureFormat, head: Uint8Array): boolean | undefined {
  if (name === 'TIFF') return undefined;
  return name === 'PNG' && head[24] === 16 && head[25] === 0; // bits, type of colour
}
