import type { DrawnDataset } from '../drawn-dataset.ts';
import type { DrawnPicture, Kind } from '../kind.ts';
import { drawnDataset, lines } from '../write.ts';
import { drawBird } from './bird.ts';
import { randomLooks } from './looks.ts';
import { CLASSES, type Marks } from './marks.ts';

/** The parts of CUB-200-2011, in its order. */
export const PARTS = [
  'back',
  'beak',
  'belly',
  'breast',
  'crown',
  'forehead',
  'left eye',
  'left leg',
  'left wing',
  'nape',
  'right eye',
  'right leg',
  'right wing',
  'tail',
  'throat',
] as const;

/** How they are drawn. */
export const birds: Kind<Marks> = {
  name: 'mini-CUB',
  subjects: 'birds',
  version: 1,
  classes: CLASSES,
  draw: (d, marks) => drawBird(randomLooks(d), marks),
  path({ id, label }, number) {
    const name = CLASSES[label]?.name as string;
    const species = name.slice(name.indexOf('.') + 1);
    return `images/${name}/${species}_${String(number).padStart(4, '0')}_${id}.jpg`;
  },
  tables,
};

/** Drawn birds in the exact layout of CUB-200-2011, boxes and parts included. */
export const miniCub: DrawnDataset = drawnDataset(birds);

function tables(pictures: readonly DrawnPicture[]): Record<string, string> {
  const rows: Record<string, string[]> = {
    'classes.txt': CLASSES.map(({ name }, i) => `${i + 1} ${name}`),
    'images.txt': pictures.map(({ id, path }) => `${id} ${path.slice('images/'.length)}`),
    'image_class_labels.txt': pictures.map(({ id, label }) => `${id} ${label + 1}`),
    'train_test_split.txt': pictures.map(({ id, isTraining }) => `${id} ${isTraining ? 1 : 0}`),
    'bounding_boxes.txt': pictures.map(
      ({ id, scene: { box } }) =>
        `${id} ${[box.x, box.y, box.width, box.height].map((value) => value.toFixed(1)).join(' ')}`,
    ),
    'parts/parts.txt': PARTS.map((name, i) => `${i + 1} ${name}`),
    'parts/part_locs.txt': pictures.flatMap(({ id, scene }) =>
      PARTS.map((name, i) => {
        const at = scene.parts[name];
        return `${id} ${i + 1} ${at ? `${at[0].toFixed(1)} ${at[1].toFixed(1)} 1` : '0.0 0.0 0'}`;
      }),
    ),
  };
  return Object.fromEntries(Object.entries(rows).map(([path, items]) => [path, lines(items)]));
}
