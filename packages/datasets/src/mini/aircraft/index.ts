import type { Kind } from '../kind.ts';
import { CLASSES, drawPlane, type Marks } from './plane.ts';

/** How they are drawn. */
export const planes: Kind<Marks> = {
  name: 'mini-Aircraft',
  subjects: 'aeroplanes',
  version: 1,
  classes: CLASSES,
  draw: drawPlane,
  banner: 20,
  path: (picture) => `data/images/${idOf(picture)}.jpg`,
};

/** The seven digits by which the files of the data set call a picture. */
export function idOf({ id }: { id: number }): string {
  return String(id).padStart(7, '0');
}
