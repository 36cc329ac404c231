import type { Pixels } from '../resize/resize.ts';

/**
 * A decoded picture: bytes row by row, RGB [height,width,3], or RGBA [height,width,4] as a canvas's `ImageData`
 * has them, whose opacity is dropped.
 */
export interface DecodedPicture {
  /** [height,width,3] or [height,width,4]. */
  data: Uint8Array | Uint8ClampedArray;
  /** Columns. */
  width: number;
  /** Rows. */
  height: number;
}

/** Tells a decoded picture from anything else. */
export function isDecoded(image: unknown): image is DecodedPicture {
  const { data } = (image ?? {}) as Partial<DecodedPicture>;
  return data instanceof Uint8Array || data instanceof Uint8ClampedArray;
}

/** A decoded picture as RGB. @throws RangeError when its bytes do not fit its size */
export function toRgb({ data, width, height }: DecodedPicture): Pixels {
  const channels = data.length / (width * height);
  if (!(width >= 1 && height >= 1) || (channels !== 3 && channels !== 4)) {
    throw new RangeError(
      `[@fbsd/trainer] classify: expected a picture of width·height·3 bytes (RGB) or ·4 (RGBA); got ${data.length} bytes for ${width}×${height}. Decode it to 8 bits a channel, without gaps between rows.`,
    );
  }
  if (channels === 3) {
    return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height };
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from] as number;
    rgb[to + 1] = data[from + 1] as number;
    rgb[to + 2] = data[from + 2] as number;
  }
  return { data: rgb, width, height };
}
