import { significant } from '@fbsd/trainer/format';

/** Width times height of the largest picture that Pillow decodes without asking. */
export const MAX_PIXELS = 178_956_970;

/** Says that a picture is too large, in a few words, the last of them `bound`; undefined when it is not. */
export function tooLarge(
  pixels: number,
  maxPixels: number = MAX_PIXELS,
  bound = 'allowed',
): string | undefined {
  if (pixels <= maxPixels) return undefined;
  const megapixels = (count: number) => `${significant(count / 1e6)} megapixels`;
  return `${megapixels(pixels)}, more than the ${megapixels(maxPixels)} ${bound}`;
}
