import type { DrawnDataset } from '../drawn-dataset.ts';
import type { DrawnPicture } from '../kind.ts';
import { drawnDataset, lines } from '../write.ts';
import { idOf, planes } from './index.ts';
import { CLASSES } from './plane.ts';

const nameOf = ({ label }: DrawnPicture) => CLASSES[label]?.name as string;
/** Variants of one family share their name up to the number, those of one manufacturer up to the slash. */
const familyOf = (name: string) => name.replace(/-\d+$/, '');
const manufacturerOf = (name: string) => name.replace(/\/.*$/, '');

/**
 * Drawn aeroplanes in the exact layout of FGVC-Aircraft 2013b, with the banner of 20 pixels below each
 * picture. The last of five training pictures is for validation.
 */
export const miniAircraft: DrawnDataset = drawnDataset(planes, tables);

function tables(pictures: readonly DrawnPicture[]): Record<string, string> {
  const train = pictures.filter(({ isTraining, id }) => isTraining && id % 5 > 0);
  const val = pictures.filter(({ isTraining, id }) => isTraining && id % 5 === 0);
  const test = pictures.filter(({ isTraining }) => !isTraining);
  const splits = { train, val, trainval: [...train, ...val], test };
  const levels = {
    variant: { file: 'variants', of: (name: string) => name },
    family: { file: 'families', of: familyOf },
    manufacturer: { file: 'manufacturers', of: manufacturerOf },
  };
  const files: Record<string, string> = {
    'data/images_box.txt': lines(
      pictures.map(({ id, scene: { box } }) => {
        const { x, y, width, height } = box;
        const edges = [x + 1, y + 1, x + width, y + height].map(Math.round);
        return `${idOf({ id })} ${edges.join(' ')}`;
      }),
    ),
  };
  for (const [level, { file, of }] of Object.entries(levels)) {
    const names = [...new Set(CLASSES.map(({ name }) => of(name)))];
    files[`data/${file}.txt`] = lines(names);
    for (const [split, members] of Object.entries(splits)) {
      const rows = members.map((picture) => `${idOf(picture)} ${of(nameOf(picture))}`);
      files[`data/images_${level}_${split}.txt`] = lines(rows);
    }
  }
  return files;
}
