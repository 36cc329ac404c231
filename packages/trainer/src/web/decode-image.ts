import { toRgb } from '../classify/pixels.ts';
import type { Pixels } from '../resize/resize.ts';
import { UserError } from '../user-error.ts';
import { giveBack } from './give-back.ts';

/** A picture in a page or a Worker: an address, a `File`, an `<img>`, a canvas, a frame of a video, a bitmap. */
export type WebImage = string | URL | Blob | Exclude<ImageBitmapSource, ImageData>;

/**
 * Decodes a picture as the browser does: RGB, 8 bits a channel, turned upright by its EXIF orientation.
 *
 * Embedded colour profiles are ignored, as in Node. Where a picture is transparent its colours are rounded: a
 * canvas keeps them multiplied by their opacity.
 *
 * @param cutBottom rows at the bottom to leave out
 * @throws UserError that names an address, when there is no picture or it has no more rows than are left out
 */
export async function decodeImage(image: WebImage, cutBottom = 0): Promise<Pixels> {
  const address = typeof image === 'string' || image instanceof URL ? String(image) : undefined;
  const name = address ?? ((image as Partial<File>).name || 'the picture');
  const bitmap = await createImageBitmap(
    address === undefined ? (image as ImageBitmapSource) : await load(address),
    { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'from-image' },
  ).catch((cause) => {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      `[@fbsd/trainer] cannot decode ${name} (damaged, or no picture that this browser knows).`,
      { cause },
    );
  });
  const { width } = bitmap;
  const height = bitmap.height - cutBottom;
  try {
    if (height < 1) {
      throw new UserError(
        `[@fbsd/trainer] ${name} has no more than the ${cutBottom} rows that are to be cut off.`,
      );
    }
    const rgba = rgbaOf(bitmap, width, height);
    const rgb = toRgb(rgba);
    giveBack(rgba.data.buffer);
    return rgb;
  } finally {
    bitmap.close();
  }
}

async function load(address: string): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (cause) {
    const { message } = cause as Error;
    throw new UserError(`[@fbsd/trainer] cannot read ${address} (${message}).`, { cause });
  }
  if (!response.ok) {
    throw new UserError(`[@fbsd/trainer] cannot read ${address} (status ${response.status}).`);
  }
  return response.blob();
}

function rgbaOf(bitmap: ImageBitmap, width: number, height: number): ImageData {
  // Read once and thrown away: a canvas in the memory of a GPU would have to be fetched from there.
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(`[@fbsd/trainer] no canvas of ${width}×${height} pixels`);
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, width, height);
  canvas.width = 0; // gives its pixels back
  return rgba;
}
