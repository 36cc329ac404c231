export { type ClassFolders, type ClassFoldersOptions, classFolders } from './class-folders.ts';
export { filesOfDrop } from './files-of-drop.ts';
export { filesOfPicker } from './files-of-picker.ts';
export { filesOfZip, type ZipOptions } from './files-of-zip.ts';
export type { Duplicate } from './find-duplicates.ts';
export type { NamedBlob, UnusedFile } from './named-blob.ts';
export { type RenderOptions, renderSvg } from './render-svg.ts';
