import type { Kind } from '../kind.ts';
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
  parts: PARTS,
  draw: (d, marks) => drawBird(randomLooks(d), marks),
  path({ id, label }, number) {
    const name = CLASSES[label]?.name as string;
    const species = name.slice(name.indexOf('.') + 1);
    return `images/${name}/${species}_${String(number).padStart(4, '0')}_${id}.jpg`;
  },
};
