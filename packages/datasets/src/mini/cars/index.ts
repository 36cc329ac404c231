import { matCells, matNumber, matStructs, matText, writeMat } from '../../mat/write.ts';
import type { DrawnDataset } from '../drawn-dataset.ts';
import type { Kind } from '../kind.ts';
import { drawnDataset } from '../write.ts';
import { CLASSES, drawCar, type Marks } from './car.ts';

/** How they are drawn. */
export const cars: Kind<Marks> = {
  name: 'mini-Cars',
  subjects: 'cars',
  version: 1,
  classes: CLASSES,
  draw: drawCar,
  path: ({ id }) => `car_ims/${String(id).padStart(6, '0')}.jpg`,
  tables: (pictures) => ({
    'cars_annos.mat': writeMat({
      annotations: matStructs(
        pictures.map(({ path, label, isTraining, scene: { box } }) => ({
          relative_im_path: matText(path),
          // MATLAB counts pixels from 1.
          bbox_x1: matNumber(Math.round(box.x) + 1),
          bbox_y1: matNumber(Math.round(box.y) + 1),
          bbox_x2: matNumber(Math.round(box.x + box.width)),
          bbox_y2: matNumber(Math.round(box.y + box.height)),
          class: matNumber(label + 1),
          test: matNumber(Number(!isTraining)),
        })),
      ),
      class_names: matCells(CLASSES.map(({ name }) => matText(name))),
    }),
  }),
};

/** Drawn cars in the exact layout of Stanford Cars: `car_ims/` and `cars_annos.mat`. */
export const miniCars: DrawnDataset = drawnDataset(cars);
