import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureMini, loadCars, miniCars } from '@fbsd/datasets';
import { readMat } from '../../../../packages/datasets/dist/mat/read.js';
import { structsOf, textOf } from '../../../../packages/datasets/dist/mat/values.js';
import { matStructs, matText, writeMat } from '../../../../packages/datasets/dist/mat/write.js';
import { damagedMat } from '../damage/mat.js';
import { datasetReader } from '../dataset.js';

const DEVKIT = ['cars_meta', 'cars_train_annos', 'cars_test_annos_withlabels'];

/** @param {string} folder holds the data set in both of its layouts */
export async function open(folder) {
  const [single, parted] = [join(folder, 'single'), join(folder, 'parted')];
  mkdirSync(folder);
  await ensureMini(miniCars, single, { trainPerClass: 1, testPerClass: 1, imageSize: 32 });
  writeParted(single, parted);
  return datasetReader(folder, {
    lists: ['single/cars_annos.mat', ...DEVKIT.map((name) => `parted/devkit/${name}.mat`)],
    load: async () => {
      const dataset = await loadCars(parted);
      await loadCars(single);
      return dataset;
    },
    damaged: damagedMat,
  });
}

/**
 * @param {string} single
 * @param {string} parted
 */
function writeParted(single, parted) {
  const variables = readMat(readFileSync(join(single, 'cars_annos.mat')), 'cars_annos.mat');
  const rows = structsOf(variables.get('annotations'), 'annotations').slice(0, 12);
  for (const name of ['cars_train', 'cars_test', 'devkit'])
    mkdirSync(join(parted, name), { recursive: true });
  const annotations = rows.map(({ relative_im_path: path, test: _, ...row }) => {
    const picture = textOf(path, 'relative_im_path');
    const fname = picture.replace('car_ims/', '');
    for (const name of ['cars_train', 'cars_test']) {
      copyFileSync(join(single, picture), join(parted, name, fname));
    }
    return { ...row, fname: matText(fname) };
  });
  const list = writeMat({ annotations: matStructs(annotations) });
  const names = /** @type {import('../../../../packages/datasets/dist/mat/values.js').MatValue} */ (
    variables.get('class_names')
  );
  const contents = [writeMat({ class_names: names }), list, list];
  for (const [i, name] of DEVKIT.entries()) {
    writeFileSync(join(parted, 'devkit', `${name}.mat`), /** @type {Uint8Array} */ (contents[i]));
  }
}
