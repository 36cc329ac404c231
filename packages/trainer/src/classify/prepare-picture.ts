import { cropBytes, normalisedBytes } from '../data/transform.ts';
import type { Pixels } from '../resize/resize.ts';
import type { Preprocessing } from './preprocessing.ts';

/** Prepares pictures as a {@link Preprocessing} says. */
export type PreparePicture = (picture: Pixels) => Float32Array;

/**
 * Makes the function that turns decoded pictures into a model's input: resized, cropped, normalised.
 *
 * @returns [S,S,3] of a picture, equal to what tests and predictions of the trainer give the model
 */
export function preparationOf({ resize, crop, mean, std }: Preprocessing): PreparePicture {
  const sizes = { imageSize: crop.width, resizeSize: resize.width, padding: 0 };
  const position = { left: crop.left, top: crop.top, flip: false };
  const values = ([0, 1, 2] as const).map((channel) =>
    normalisedBytes({ mean: mean[channel], std: std[channel] }),
  ) as [Float32Array, Float32Array, Float32Array];
  const [red, green, blue] = values;
  return (picture) => {
    const bytes = cropBytes(picture, sizes, position);
    const input = new Float32Array(bytes.length);
    for (let i = 0; i < bytes.length; i += 3) {
      input[i] = red[bytes[i] as number] as number;
      input[i + 1] = green[bytes[i + 1] as number] as number;
      input[i + 2] = blue[bytes[i + 2] as number] as number;
    }
    return input;
  };
}
