import { type PictureSource, type PreparePicture, UserError } from '@fbsd/trainer';
import { inFlags } from '../settings/in-flags.ts';

/** A picture that was named, ready for the model, or why it cannot be decoded. */
export type NamedImage = { file: string } & ({ image: Float32Array } | { fault: string });

/** Decodes some pictures and prepares them for a model, all at once. */
export function imagesOf(
  files: readonly string[],
  pictures: PictureSource,
  prepare: PreparePicture,
): Promise<NamedImage[]> {
  return Promise.all(
    files.map(async (file) => {
      try {
        return { file, image: prepare(await pictures.read({ path: file })) };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { file, fault: inFlags(error.message) };
      }
    }),
  );
}

/** Pictures that are decoded, and go through a model, at once, where it fits into the memory. */
export const PICTURES_AT_ONCE = 8;

/** The pictures in groups of so many. */
export function groups(files: readonly string[], atOnce: number): string[][] {
  const count = Math.ceil(files.length / atOnce);
  return Array.from({ length: count }, (_, i) => files.slice(i * atOnce, (i + 1) * atOnce));
}
