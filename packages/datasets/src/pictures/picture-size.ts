import type { PictureFormat } from './formats.ts';

/** Reads so many bytes of a file; fewer at its end. */
export type ReadBytes = (from: number, count: number) => Buffer;

/** Segments before a JPEG's size; more are left to the decoder. */
const SEGMENTS = 64;

/**
 * Width times height of a picture by its header.
 *
 * @param head the file's first 64 bytes
 * @returns undefined where only the decoder finds it
 */
export function pixelsOf(
  { name }: PictureFormat,
  head: Buffer,
  read: ReadBytes,
): number | undefined {
  if (name === 'JPEG') return pixelsOfJpeg(read);
  if (head.length < 32) return undefined;
  if (name === 'PNG') return head.readUInt32BE(16) * head.readUInt32BE(20);
  if (name === 'GIF') return head.readUInt16LE(6) * head.readUInt16LE(8);
  if (name === 'WebP') return pixelsOfWebP(head);
  return undefined;
}

/** Goes from segment to segment to the start of the frame. */
function pixelsOfJpeg(read: ReadBytes): number | undefined {
  let at = 2;
  for (let i = 0; i < SEGMENTS; i++) {
    const segment = read(at, 9);
    if (segment.length < 9 || segment[0] !== 0xff) return undefined;
    const marker = segment[1] as number;
    const tables = [0xc4, 0xc8, 0xcc]; // between the frames' numbers
    if (marker >= 0xc0 && marker <= 0xcf && !tables.includes(marker)) {
      return segment.readUInt16BE(5) * segment.readUInt16BE(7) || undefined; // height may come later
    }
    at += 2 + segment.readUInt16BE(2);
  }
  return undefined;
}

/** Its first chunk is extended, lossless or lossy. */
function pixelsOfWebP(head: Buffer): number | undefined {
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8X':
      return (head.readUIntLE(24, 3) + 1) * (head.readUIntLE(27, 3) + 1);
    case 'VP8L': {
      const sizes = head.readUInt32LE(21);
      return ((sizes & 0x3fff) + 1) * (((sizes >> 14) & 0x3fff) + 1);
    }
    case 'VP8 ':
      return (head.readUInt16LE(26) & 0x3fff) * (head.readUInt16LE(28) & 0x3fff);
    default:
      return undefined;
  }
}
