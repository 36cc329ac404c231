import type { Kind } from '../kind.ts';
import { CLASSES, drawCar, type Marks } from './car.ts';

/** How they are drawn. */
export const cars: Kind<Marks> = {
  name: 'mini-Cars',
  subjects: 'cars',
  version: 1,
  classes: CLASSES,
  draw: drawCar,
  path: ({ id }) => `car_ims/${String(id).padStart(6, '0')}.jpg`,
};
