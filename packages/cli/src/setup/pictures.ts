import { diskPictures } from '@fbsd/datasets';
import { UserError, type View, view } from '@fbsd/trainer';

/** A picture that was named, decoded, or why it cannot be. */
export type NamedView = { file: string } & ({ view: View } | { fault: string });

/** Decodes some pictures for a model, all at once. */
export function viewsOf(files: readonly string[], imageSize: number): Promise<NamedView[]> {
  return Promise.all(
    files.map(async (file) => {
      try {
        return { file, view: await view(diskPictures, { path: file }, { imageSize }) };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { file, fault: error.message };
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
