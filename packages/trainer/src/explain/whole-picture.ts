import type { Box } from '../data/dataset.ts';
import { centreCrop, geometry } from '../data/transform.ts';
import { type Pixels, resizeToBytes } from '../resize/resize.ts';

/** A picture as it was before it was made square, small enough for a page. */
export interface WholePicture {
  /** RGB bytes, squeezed into a square of 240 pixels a side, to be shown in the picture's own proportions. */
  pixels: Uint8Array;
  /** Of the picture, in pixels. */
  width: number;
  /** Of the picture, in pixels. */
  height: number;
  /** What the model sees of it, in fractions of width and height. */
  crop: Box;
}

/** Pixels of the square: what a page shows of it on a fine screen. */
const SIDE = 240;

/** Makes a picture small, whole as it is. */
export function wholePicture(picture: Pixels, imageSize: number): WholePicture {
  const sizes = geometry({ imageSize });
  const { left, top } = centreCrop(sizes);
  const share = (length: number) => length / sizes.resizeSize;
  const window = { left: 0, top: 0, width: SIDE, height: SIDE };
  return {
    pixels: resizeToBytes(picture, SIDE, { window, flip: false, side: SIDE, left: 0, top: 0 }),
    width: picture.width,
    height: picture.height,
    crop: { x: share(left), y: share(top), width: share(imageSize), height: share(imageSize) },
  };
}
