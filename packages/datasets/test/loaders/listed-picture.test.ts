import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '@fbsd/trainer';
import { loadAircraft } from '../../src/loaders/aircraft.ts';
import { loadCars } from '../../src/loaders/cars.ts';
import { loadCub } from '../../src/loaders/cub.ts';
import { loadDogs } from '../../src/loaders/dogs.ts';
import { listedPicture } from '../../src/loaders/listed-picture.ts';
import { matCells, matNumber, matStructs, matText, writeMat } from '../../src/mat/write.ts';
import { writePictures } from '../support/coloured.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { lines, tinyPath, writeTinyCub } from '../support/tiny-cub.ts';

const folder = temporaryFolder();

describe('listedPicture', () => {
  test('below the folder, with slashes or backslashes', () => {
    const found = { path: join('/set', 'images', 'a', '1.jpg'), file: 'a/1.jpg' };
    expect(listedPicture('/set/images', 'a/1.jpg', 'images.txt:1')).toEqual(found);
    expect(listedPicture('/set/images', 'a\\1.jpg', 'images.txt:1')).toEqual(found);
  });

  test.each(['../1.jpg', 'a/../../1.jpg', '..\\1.jpg', '/1.jpg', '\\1.jpg', 'C:\\1.jpg'])(
    '%s leads out of it',
    (listed) => {
      expect(() => listedPicture('/set/images', listed, 'images.txt:1')).toThrow(
        `[@fbsd/datasets] images.txt:1: expected the path of a picture in /set/images; got '${listed}', which leads out of it.`,
      );
    },
  );
});

/** Each data set with one picture that its list looks for outside of its folder, where there is one. */
const LEADING_OUT: Readonly<Record<string, (root: string, out: string) => Promise<Dataset>>> = {
  'images.txt:2': async (root, out) => {
    const pathOf = (id: number) => (id === 2 ? `${out}.jpg` : tinyPath(id));
    await writeTinyCub(root, {
      'images.txt': lines([1, 2, 3, 4, 5, 6].map((id) => `${id} ${pathOf(id)}`)),
    });
    return loadCub(root);
  },
  'images_variant_test.txt:1': async (root, out) => {
    await writePictures(root, ['images/1.jpg']);
    for (const [file, line] of [
      ['variants.txt', 'A'],
      ['images_variant_trainval.txt', '1 A'],
      ['images_variant_test.txt', `${out} A`],
    ] as const) {
      await writeFile(join(root, file), `${line}\n`);
    }
    return loadAircraft(root);
  },
  'train_list.mat: file_list{1}': async (root, out) => {
    await writePictures(root, ['Images/a/1.jpg']);
    const labels = { labels: matNumber(1) };
    const list = writeMat({ ...labels, file_list: matCells([matText(`${out}.jpg`)]) });
    for (const name of ['train_list.mat', 'test_list.mat']) await writeFile(join(root, name), list);
    return loadDogs(root);
  },
  'cars_annos.mat: annotations(1)': async (root, out) => {
    await writePictures(root, ['car_ims/1.jpg']);
    const box = { bbox_x1: matNumber(1), bbox_y1: matNumber(1), bbox_x2: matNumber(2) };
    const rows = [
      {
        ...{ ...box, bbox_y2: matNumber(2), class: matNumber(1), test: matNumber(0) },
        relative_im_path: matText(`${out}.jpg`),
      },
    ];
    const annotations = { annotations: matStructs(rows), class_names: matCells([matText('A')]) };
    await writeFile(join(root, 'cars_annos.mat'), writeMat(annotations));
    return loadCars(root);
  },
};

test.each(Object.entries(LEADING_OUT))('a picture outside: %s', async (where, load) => {
  await writePictures(folder(), ['private.jpg']);
  const root = join(folder(), 'set');
  const message = `[@fbsd/datasets] ${where}: expected the path of a picture in `;
  for (const out of ['../../private', '..\\..\\private']) {
    await expect(load(root, out)).rejects.toThrow(message);
  }
});
