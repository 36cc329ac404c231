import type { NamedBlob } from './named-blob.ts';

/**
 * The files that were chosen with `<input type="file" webkitdirectory>`, with their paths, the folder's name included;
 * with `<input type="file" multiple>`, with their names.
 */
export function filesOfPicker(files: Iterable<File> | ArrayLike<File>): NamedBlob[] {
  return Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
}
