import { filesOfDrop, filesOfPicker, type NamedBlob } from '@fbsd/datasets/web';
import { engine } from '../engine.ts';

/** The files that were chosen, those in ZIPs in their place. */
export function chosenFiles(files: readonly File[]): Promise<NamedBlob[]> {
  return unpacked(filesOfPicker(files));
}

/** The files that were dropped, those in folders and ZIPs included. */
export async function droppedFiles(dropped: DataTransfer): Promise<NamedBlob[]> {
  return unpacked(await filesOfDrop(dropped));
}

async function unpacked(files: readonly NamedBlob[]): Promise<NamedBlob[]> {
  const parts = await Promise.all(
    files.map((file) => (/\.zip$/i.test(file.path) ? engine.picturesOfZip(file.blob) : [file])),
  );
  return parts.flat();
}
