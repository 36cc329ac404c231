import type { Kind } from '../kind.ts';
import { CLASSES, drawDog, type Marks } from './dog.ts';

/** How they are drawn. */
export const dogs: Kind<Marks> = {
  name: 'mini-Dogs',
  subjects: 'dogs',
  version: 1,
  classes: CLASSES,
  draw: drawDog,
  path({ label }, number) {
    const name = CLASSES[label]?.name as string;
    const synset = name.slice(0, name.indexOf('-'));
    return `Images/${name}/${synset}_${number}.jpg`;
  },
};
