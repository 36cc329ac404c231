import { filesOfDrop, filesOfPicker } from '@fbsd/datasets/web';
import type { NamedBlob } from '../../engine/engine.ts';

/** The files of a model that was chosen: its folder, its ZIP, or a file of weights. */
export async function modelFiles(files: readonly File[]): Promise<NamedBlob[]> {
  return filesOfPicker(files);
}

/** The same, dropped. */
export function modelDropped(dropped: DataTransfer): Promise<NamedBlob[]> {
  return filesOfDrop(dropped);
}
