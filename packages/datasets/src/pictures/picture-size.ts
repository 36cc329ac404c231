import type { PictureFormat } from './formats.ts';

/** Reads so many bytes of a file; fewer at its end. */
export type ReadBytes = (from: number, count: number) => Uint8Array;

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
  head: Uint8Array,
  read: ReadBytes,
): number | undefined {
  if (name === 'JPEG') return pixelsOfJpeg(read);
  if (head.length < 32) return undefined;
  const view = viewOf(head);
  if (name === 'PNG') return view.getUint32(16) * view.getUint32(20);
  if (name === 'GIF') return view.getUint16(6, true) * view.getUint16(8, true);
  if (name === 'WebP') return pixelsOfWebP(view);
  return undefined;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Goes from segment to segment to the start of the frame. */
function pixelsOfJpeg(read: ReadBytes): number | undefined {
  let at = 2;
  for (let i = 0; i < SEGMENTS; i++) {
    const segment = read(at, 9);
    if (segment.length < 9 || segment[0] !== 0xff) return undefined;
    const marker = segment[1] as number;
    const view = viewOf(segment);
    const tables = [0xc4, 0xc8, 0xcc]; // between the frames' numbers
    if (marker >= 0xc0 && marker <= 0xcf && !tables.includes(marker)) {
      return view.getUint16(5) * view.getUint16(7) || undefined; // height may come later
    }
    at += 2 + view.getUint16(2);
  }
  return undefined;
}

/** Its first chunk is extended, lossless or lossy. */
function pixelsOfWebP(view: DataView): number | undefined {
  switch (view.getUint32(12)) {
    case 0x56503858: // VP8X
      return (
        (1 + (view.getUint32(24, true) & 0xffffff)) * (1 + (view.getUint32(27, true) & 0xffffff))
      );
    case 0x5650384c: {
      const sizes = view.getUint32(21, true); // VP8L
      return ((sizes & 0x3fff) + 1) * (((sizes >> 14) & 0x3fff) + 1);
    }
    case 0x56503820: // VP8 and a space
      return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
    default:
      return undefined;
  }
}
