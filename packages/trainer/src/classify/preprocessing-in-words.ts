import type { Preprocessing } from './preprocessing.ts';

const LOGITS =
  'Add its outputs, which are logits; the softmax of the sums are the probabilities of the classes in labels.json.';

/**
 * The `description` of a {@link Preprocessing}: all of it in words, for a person who writes it anew.
 *
 * @param input what the cropped picture becomes: `their bytes as uint8 [batch,3,448,448]`
 * @param outputs what they are: a sentence. @default logits to be added
 */
export function preprocessingInWords(
  { resize, crop }: Pick<Preprocessing, 'resize' | 'crop'>,
  input: string,
  outputs: string = LOGITS,
): string {
  const size = `${resize.width}×${resize.height}`;
  return (
    `Decode to RGB, upright by EXIF. Resize the whole picture to ${size}, not keeping its proportions, with an antialiased bilinear ` +
    `filter (Pillow: resize((${resize.width}, ${resize.height}), BILINEAR)). Take the ${crop.width}×${crop.height} pixels from ` +
    `column ${crop.left} and row ${crop.top} on. Give the model ${input}. ${outputs}`
  );
}

/** Bytes as floats, scaled by channel: `(byte/255 − 0.5)/0.5 as float32 [batch,448,448,3]`. */
export function scaledInWords(
  { mean, std }: Pick<Preprocessing, 'mean' | 'std'>,
  sizes: readonly number[],
): string {
  return `(byte/255 − ${perChannel(mean)})/${perChannel(std)} as float32 [batch,${sizes}]`;
}

/** One number where it is the same for all channels. */
function perChannel(values: readonly number[]): string {
  const [first] = values;
  return values.every((value) => value === first) ? String(first) : `[${values.join(', ')}]`;
}
