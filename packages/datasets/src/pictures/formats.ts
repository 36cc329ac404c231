/** A format of photographs that is decoded. */
export interface PictureFormat {
  name: 'JPEG' | 'PNG' | 'GIF' | 'WebP' | 'TIFF' | 'AVIF';
  /** The bytes that end a complete file, where the format says so. */
  end?: string;
}

/** How many bytes of a file's beginning are needed to tell its format. */
export const HEAD_BYTES = 64;

const JPEG: PictureFormat = { name: 'JPEG', end: '\xff\xd9' }; // end of image
const PNG: PictureFormat = { name: 'PNG', end: 'IEND\xae\x42\x60\x82' };
const GIF: PictureFormat = { name: 'GIF', end: ';' }; // trailer
const WEBP: PictureFormat = { name: 'WebP' };
const TIFF: PictureFormat = { name: 'TIFF' };
const AVIF: PictureFormat = { name: 'AVIF' };

type Test = (head: string) => boolean;

const begins =
  (...beginnings: readonly string[]): Test =>
  (head) =>
    beginnings.some((beginning) => head.startsWith(beginning));
const matches =
  (pattern: RegExp): Test =>
  (head) =>
    pattern.test(head);

/** How a file of each format begins. */
const BEGINNINGS: readonly (readonly [Test, PictureFormat])[] = [
  [begins('\xff\xd8\xff'), JPEG],
  [begins('\x89PNG\r\n\x1a\n'), PNG],
  [begins('GIF87a', 'GIF89a'), GIF],
  [matches(/^RIFF.{4}WEBP/s), WEBP],
  [begins('II*\0', 'MM\0*', 'II+\0', 'MM\0+'), TIFF],
  [matches(/^.{4}ftyp(.{4})*avi[fs]/s), AVIF], // brands of four characters
];

/** How files begin that people take for pictures, or that come in place of some, and what they are. */
const OTHERS: readonly (readonly [Test, string])[] = [
  [matches(/^.{4}ftyp/s), 'a HEIC picture'],
  [begins('BM'), 'a BMP picture'],
  [begins('\xff\x0a', '\0\0\0\x0cJXL '), 'a JPEG XL picture'],
  [begins('\0\0\0\x0cjP'), 'a JPEG 2000 picture'],
  [begins('8BPS'), 'a Photoshop file'],
  [begins('%PDF'), 'a PDF file'],
  [begins('version https://git-lfs'), 'a Git LFS pointer in place of the picture'],
  [matches(/^\s*<(!doctype html|html)/i), 'a web page'],
  [matches(/^(\xef\xbb\xbf)?\s*<(\?xml|svg|!doctype svg)/i), 'an SVG drawing'],
];

/** Tells the format of a file by its first {@link HEAD_BYTES} bytes, whatever its name; undefined when it is none. */
export function formatOf(head: Uint8Array): PictureFormat | undefined {
  const text = latin1(head);
  return BEGINNINGS.find(([test]) => test(text))?.[1];
}

/** Says what a file is that is not of one of the formats. */
export function describeOther(head: Uint8Array): string {
  const text = latin1(head);
  const known = OTHERS.find(([test]) => test(text))?.[1];
  return known ? `${known}, which is not read` : 'no picture of a known format';
}

/** Tells if a file that ends with these bytes is complete; of a format without an end nothing is known. */
export function isComplete({ end }: PictureFormat, tail: Uint8Array): boolean | undefined {
  return end === undefined ? undefined : latin1(tail).endsWith(end);
}

/** Of few bytes: each becomes an argument. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
