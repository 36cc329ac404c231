import type { GivenFile } from '../run-files/given-files.ts';
import type { RunFile } from '../run-files/run-files.ts';
import type { PictureFile } from './pictures/indexed-db-pictures.ts';

/**
 * Files that a person gave: of a picker, of a drop or a ZIP as `@fbsd/datasets/web` takes them apart, or by their bytes.
 */
export type ModelFiles = Iterable<File | PictureFile | RunFile>;

/** The files with their paths. */
export function withPaths(files: ModelFiles): GivenFile[] {
  return Array.from(files, withPath);
}

function withPath(file: File | PictureFile | RunFile): GivenFile {
  if (!('path' in file)) return { path: file.webkitRelativePath || file.name, bytes: file };
  return { path: file.path, bytes: 'blob' in file ? file.blob : file.bytes };
}
