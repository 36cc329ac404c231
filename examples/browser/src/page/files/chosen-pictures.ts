import type { NamedBlob } from '@fbsd/datasets/web';
import { chosenFiles, droppedFiles } from './read-files.ts';

/** What the names of pictures end in. */
const PICTURE = /\.(jpe?g|png|webp|gif|avif|bmp|heic|tiff?)$/i;

/**
 * The pictures among what was dropped, also those in folders and ZIPs.
 *
 * @throws Error where there is none
 */
export async function picturesDropped(dropped: DataTransfer): Promise<NamedBlob[]> {
  return picturesIn(await droppedFiles(dropped));
}

/** The pictures in files and ZIPs that were chosen. @throws Error where there is none */
export async function picturesChosen(files: readonly File[]): Promise<NamedBlob[]> {
  return picturesIn(await chosenFiles(files));
}

/** The pictures that were pasted, if any. */
export function picturesPasted({ clipboardData }: ClipboardEvent): NamedBlob[] {
  return [...(clipboardData?.files ?? [])]
    .filter(({ type }) => type.startsWith('image/'))
    .map((file) => ({ path: file.name || 'Pasted', blob: file }));
}

function picturesIn(files: readonly NamedBlob[]): NamedBlob[] {
  const pictures = files.filter(
    ({ path, blob }) => PICTURE.test(path) || blob.type.startsWith('image/'),
  );
  if (pictures.length > 0) return pictures;
  const names = files.slice(0, 3).map(({ path }) => path);
  throw new Error(
    files.length === 0
      ? 'No file came with that. Drop files or a folder, or choose them with a button.'
      : `There is no picture among ${names.join(', ')}${files.length > 3 ? ' …' : ''}. Give JPEG, PNG, WebP, GIF or AVIF files.`,
  );
}
