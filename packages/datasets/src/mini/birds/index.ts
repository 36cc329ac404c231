import type { DrawnClass } from '../classes.ts';
import type { Kind } from '../kind.ts';
import { drawBird } from './bird.ts';
import { randomLooks } from './looks.ts';
import { CLASSES, HARD_CLASSES, type Marks } from './marks.ts';
import { drawStems } from './stems.ts';

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
  path: pathsOf(CLASSES),
};

/** Birds with smaller marks behind stems, of more classes, few of each: for comparing networks, which all but solve mini-CUB. */
export const hardBirds: Kind<Marks> = {
  ...birds,
  name: 'mini-CUB-hard',
  version: 2,
  classes: HARD_CLASSES,
  defaults: { trainPerClass: 30, testPerClass: 30 },
  draw: (d, marks) => drawBird(randomLooks(d, 0.5), marks),
  drawFront: drawStems,
  path: pathsOf(HARD_CLASSES),
};

function pathsOf(classes: readonly DrawnClass<Marks>[]): Kind['path'] {
  return ({ id, label }, number) => {
    const name = classes[label]?.name as string;
    const species = name.slice(name.indexOf('.') + 1);
    return `images/${name}/${species}_${String(number).padStart(4, '0')}_${id}.jpg`;
  };
}
