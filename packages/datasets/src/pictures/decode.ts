import { statSync } from 'node:fs';
import { type PictureSource, type Pixels, UserError } from '@fbsd/trainer';
import sharp, { type Sharp } from 'sharp';
import { reasonOf } from './inspect-picture.ts';
import { PictureFault, TooLarge } from './picture-fault.ts';
import { type PictureHeader, readHeader } from './picture-header.ts';
import { MAX_PIXELS, tooLarge } from './too-large.ts';
import { Turns } from './turns.ts';

/** Bounds of a picture that is decoded: a small file can be made to fill the memory, or to take hours. */
export interface PictureLimits {
  /** Width times height. @default 178,956,970, which Pillow allows, too */
  maxPixels?: number;
  /** Seconds that the decoding of one picture may take. @default 120 */
  maxSeconds?: number;
}

/** The defaults of {@link PictureLimits}. */
export const PICTURE_LIMITS: Readonly<Required<PictureLimits>> = {
  maxPixels: MAX_PIXELS,
  maxSeconds: 120,
};

/** Smaller pictures, 6 MB decoded, are not counted. */
const SMALL = 2 ** 21;
/** Pixels of larger pictures that are decoded at once, 400 MB: several photos of a phone, or one huge picture. */
const turns = new Turns(2 ** 27);

/**
 * Decodes the files that samples' paths name, by sharp, on its thread pool: JPEG, PNG, GIF, WebP, TIFF and AVIF to RGB,
 * 8 bits a channel, upright by their EXIF orientation. The content decides which it is, not the name. Of an animation it
 * takes the first frame. An unreadable file is a UserError that names it and says what is wrong: missing, empty,
 * truncated, damaged, no file but a pipe or device, no picture, too large.
 */
export const diskPictures: PictureSource = diskPicturesWithin({});

/** {@link diskPictures} with bounds of your own. */
export function diskPicturesWithin(limits: PictureLimits): PictureSource {
  return {
    read: ({ path, cutBottom }) => readPixels(path, cutBottom, limits),
    async isStoredUpright({ path }) {
      const upright = async () => {
        knownHeader(path);
        const { orientation = 1 } = await sharp(path).metadata(); // EXIF: 1 is upright
        return orientation === 1;
      };
      return upright().catch(async (cause) => {
        throw await undecodable(path, cause);
      });
    },
  };
}

/**
 * Decodes a picture to RGB, 8 bits a channel, turned upright by its EXIF orientation.
 *
 * Gray becomes three equal channels, a palette its colours, alpha is dropped, colours of 16 bits lose the lower 8, gray
 * of 16 bits is cut off at 255, all as Pillow's `convert('RGB')`; embedded colour profiles are ignored likewise. CMYK
 * goes through its colour profile instead, which gives truer colours. Of an animation, the first frame. Damage that the
 * decoder can bridge, such as a few wrong blocks, is let through. A JPEG is decoded in full: at reduced scale, resized
 * bytes would differ from Pillow's.
 *
 * The work is queued for the thread pool before the function returns and needs the main thread no
 * more, so that it goes on while a training step blocks. Of large pictures a few at a time are queued.
 *
 * @param cutBottom rows at the bottom to leave out
 * @throws UserError that names the path, when the file is missing, truncated, damaged, no file, no picture, beyond the
 *   limits, or has no more rows than are left out
 */
export async function readPixels(
  path: string,
  cutBottom = 0,
  limits: PictureLimits = {},
): Promise<Pixels> {
  try {
    const { data, width, height } = await decodeRgb(path, limits);
    const rows = height - cutBottom;
    if (rows > 0) return { data: data.subarray(0, rows * width * 3), width, height: rows };
  } catch (cause) {
    throw await undecodable(path, cause);
  }
  throw new UserError(
    `[@fbsd/datasets] ${path} has no more than the ${cutBottom} rows that are to be cut off. Take it out of the data set.`,
  );
}

async function undecodable(path: string, cause: unknown): Promise<Error> {
  const advice =
    cause instanceof TooLarge
      ? 'Allow more pixels, if it is a photograph, or take it out of the data set.'
      : 'Replace the file by an undamaged copy or take it out of the data set.';
  return new UserError(
    `[@fbsd/datasets] cannot decode ${path} (${await reasonOf(path, cause)}). ${advice}`,
    { cause },
  );
}

/** Decodes a picture of any of the formats. @throws Error whose {@link reasonOf} says why it cannot */
export async function decodeRgb(path: string, limits: PictureLimits): Promise<Pixels> {
  const { maxPixels, maxSeconds } = { ...PICTURE_LIMITS, ...limits };
  const header = knownHeader(path);
  if (header.pixels === undefined || header.isDeepGray === undefined) await measure(path, header);
  const { pixels = 0, isDeepGray } = header;
  requireSize(pixels, maxPixels);
  const counted = pixels > SMALL;
  const turn = counted ? turns.take(pixels) : undefined;
  if (turn) await turn;
  try {
    const picture = sharp(path, { failOn: 'error', ignoreIcc: true, limitInputPixels: maxPixels })
      .timeout({ seconds: maxSeconds })
      .autoOrient();
    return await (isDeepGray ? clippedGray(picture) : rgb(picture));
  } finally {
    if (counted) turns.give(pixels);
  }
}

/**
 * Checks the size of a picture as far as its header tells it, without decoding.
 *
 * @throws TooLarge
 */
export function checkSize(
  path: string,
  { maxPixels = PICTURE_LIMITS.maxPixels }: PictureLimits,
): void {
  requireSize(knownHeader(path).pixels ?? 0, maxPixels);
}

function requireSize(pixels: number, maxPixels: number): void {
  const fault = tooLarge(pixels, maxPixels, 'that maxPixels allows');
  if (fault !== undefined) throw new TooLarge(fault);
}

/** Completes a header by what only the decoder finds. */
async function measure(path: string, header: PictureHeader): Promise<void> {
  const found = await sharp(path, { limitInputPixels: false }).metadata();
  header.pixels = found.width * found.height;
  header.isDeepGray = found.channels === 1 && found.depth === 'ushort';
}

async function rgb(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3) throw new PictureFault(`${channels} channels in place of 3`);
  return { data, width, height };
}

/** Gray of 16 bits, which Pillow does not scale: what is above 255 is white. */
async function clippedGray(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const clipped = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    clipped.fill(Math.min(255, data.readUInt16LE(2 * i)), 3 * i, 3 * i + 3);
  }
  return { data: clipped, width, height };
}

/** Headers by path, with what shows that the file is still the same. */
const headers = new Map<string, PictureHeader & { size: number; time: number }>();
const MOST_HEADERS = 200_000;

/** The header of a file; it is read once while the file stays the same. */
function knownHeader(path: string): PictureHeader {
  const { size, mtimeMs: time } = statSync(path);
  const known = headers.get(path);
  if (known && known.size === size && known.time === time) return known;
  const header = { ...readHeader(path), size, time };
  if (headers.size >= MOST_HEADERS) headers.clear();
  headers.set(path, header);
  return header;
}
