import { describeOther, formatOf, HEAD_BYTES, isComplete } from '../pictures/formats.ts';
import { pixelsOf } from '../pictures/picture-size.ts';
import { tooLarge } from '../pictures/too-large.ts';
import { hasEnd } from './has-end.ts';

/** Where most JPEGs have told their size, behind what cameras say of themselves. */
const START_BYTES = 2 ** 16;

/** What a picture's file shows without being decoded. */
export interface InspectedBlob {
  /** The same for files of the same bytes, and seldom for others. */
  fingerprint: string;
  /** Why the picture cannot be used, in a few words; undefined when it can. */
  fault?: string;
}

/**
 * Looks at a file's beginning and end. What does not end as its format demands, or is of a format without an end, is
 * read and decoded to decide.
 */
export async function inspectBlob(blob: Blob): Promise<InspectedBlob> {
  const start = await bytesOf(blob.slice(0, START_BYTES));
  if (start.length === 0) return { fingerprint: '0', fault: 'empty' };
  const head = start.subarray(0, HEAD_BYTES);
  const tail = await bytesOf(blob.slice(Math.max(0, blob.size - HEAD_BYTES)));
  const fingerprint = `${blob.size} ${tail.join()}`;
  const format = formatOf(head);
  if (!format) return { fingerprint, fault: describeOther(head) };
  const pixels = pixelsOf(format, head, (from, count) => start.subarray(from, from + count));
  const fault = tooLarge(pixels ?? 0);
  if (fault !== undefined) return { fingerprint, fault };
  if (isComplete(format, tail)) return { fingerprint };
  if (hasEnd(format, await bytesOf(blob)) === false) return { fingerprint, fault: 'truncated' };
  if (await isDecoded(blob)) return { fingerprint };
  return { fingerprint, fault: `damaged, or this browser does not read ${format.name}` };
}

/** Says what a file is whose name is none of a picture. */
export async function describeBlob(blob: Blob): Promise<string> {
  const head = await bytesOf(blob.slice(0, HEAD_BYTES));
  if (head.length === 0) return 'empty';
  const format = formatOf(head);
  return format ? `a picture whose name does not say so (${format.name})` : describeOther(head);
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

async function isDecoded(blob: Blob): Promise<boolean> {
  return createImageBitmap(blob).then(
    (bitmap) => {
      bitmap.close();
      return true;
    },
    () => false,
  );
}
