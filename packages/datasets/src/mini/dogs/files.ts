import { matCells, matText, writeMat } from '../../mat/write.ts';
import type { DrawnDataset } from '../drawn-dataset.ts';
import type { DrawnPicture } from '../kind.ts';
import { drawnDataset } from '../write.ts';
import { dogs } from './index.ts';

/** Drawn dogs in the exact layout of Stanford Dogs: `Images/`, `train_list.mat`, `test_list.mat`. */
export const miniDogs: DrawnDataset = drawnDataset(dogs, (pictures) => ({
  'train_list.mat': list(pictures.filter(({ isTraining }) => isTraining)),
  'test_list.mat': list(pictures.filter(({ isTraining }) => !isTraining)),
}));

function list(pictures: readonly DrawnPicture[]): Uint8Array {
  const files = pictures.map(({ path }) => path.slice('Images/'.length));
  return writeMat({
    file_list: column(files),
    annotation_list: column(files.map((file) => file.replace(/\.jpg$/, ''))),
    labels: {
      kind: 'numbers',
      dims: [pictures.length, 1],
      values: pictures.map(({ label }) => label + 1),
    },
  });
}

function column(texts: readonly string[]) {
  return { ...matCells(texts.map(matText)), dims: [texts.length, 1] };
}
