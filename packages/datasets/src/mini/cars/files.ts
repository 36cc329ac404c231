import { matCells, matNumber, matStructs, matText, writeMat } from '../../mat/write.ts';
import type { DrawnDataset } from '../drawn-dataset.ts';
import { drawnDataset } from '../write.ts';
import { CLASSES } from './car.ts';
import { cars } from './index.ts';

/** Drawn cars in the exact layout of Stanford Cars: `car_ims/` and `cars_annos.mat`. */
export const miniCars: DrawnDataset = drawnDataset(cars, (pictures) => ({
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
}));
