import type { PictureFormat } from '../pictures/formats.ts';

/**
 * Tells if a picture's file holds the end that its format demands, whatever follows it. Browsers show as much of a
 * picture as there is.
 *
 * @returns undefined for a format whose end is not looked for
 */
export function hasEnd({ name }: PictureFormat, bytes: Uint8Array): boolean | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (name === 'JPEG') return hasEndOfImage(view);
  if (name === 'PNG') return hasEndChunk(view);
  if (name === 'WebP') return view.byteLength >= 8 + view.getUint32(4, true);
  return undefined;
}

const START_OF_SCAN = 0xffda;
const END_OF_IMAGE = 0xffd9;

/** Goes from segment to segment, as previews in these have ends of their own, to the first scan, and looks behind it. */
function hasEndOfImage(view: DataView): boolean {
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint16(at) !== START_OF_SCAN) {
    if (view.getUint8(at) !== 0xff) return false;
    at += 2 + view.getUint16(at + 2);
  }
  for (; at + 2 <= view.byteLength; at++) if (view.getUint16(at) === END_OF_IMAGE) return true;
  return false;
}

function hasEndChunk(view: DataView): boolean {
  const END = 0x49454e44; // IEND
  for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === END) return true;
  }
  return false;
}
