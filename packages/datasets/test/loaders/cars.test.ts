import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCars } from '../../src/loaders/cars.ts';
import { matCells, matNumber, matStructs, matText, writeMat } from '../../src/mat/write.ts';
import { miniCars } from '../../src/mini/cars/files.ts';
import { ensureMini } from '../../src/mini/ensure.ts';
import { writePictures } from '../support/coloured.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const fixture = (name: string) =>
  fileURLToPath(new URL(`../fixtures/mat/${name}`, import.meta.url));

interface Car {
  path: string;
  fname: string;
  box: [number, number, number, number];
  label: number;
  test: boolean;
}
const expected = async () =>
  JSON.parse(await readFile(fixture('expected.json'), 'utf8')) as {
    cars: Car[];
    devkit: Car[];
    class_names: string[];
  };

const boxOf = ([x1, y1, x2, y2]: Car['box']) => ({
  x: x1 - 1,
  y: y1 - 1,
  width: x2 - x1 + 1,
  height: y2 - y1 + 1,
});

describe('loadCars', () => {
  test('car_ims/ and cars_annos.mat', async () => {
    const { cars, class_names } = await expected();
    await writePictures(
      folder(),
      cars.map(({ path }) => path),
    );
    await copyFile(fixture('cars_annos.mat'), join(folder(), 'cars_annos.mat'));
    const data = await loadCars(folder());
    expect(data.classNames).toEqual(class_names);
    for (const [samples, wanted] of [
      [data.train, cars.filter(({ test }) => !test)],
      [data.test, cars.filter(({ test }) => test)],
    ] as const) {
      expect(samples.map(({ file, label, box }) => ({ file, label, box }))).toEqual(
        wanted.map(({ path, label, box }) => ({ file: path, label, box: boxOf(box) })),
      );
    }
    expect(data.train[0]?.path).toBe(join(folder(), 'car_ims/000002.jpg'));
    expect(data.warnings).toEqual([]); // five classes: a part of the data set
  });

  /** The other layout, with the labels of the test images where `labels` says. */
  async function writeDevkit(labels: string | null) {
    const { devkit } = await expected();
    const names = devkit.map(({ fname }) => fname);
    await writePictures(
      folder(),
      names.flatMap((name) => [`cars_train/${name}`, `cars_test/${name}`]),
    );
    await mkdir(join(folder(), 'devkit'));
    for (const name of ['cars_meta.mat', 'cars_train_annos.mat', 'cars_test_annos.mat']) {
      await copyFile(fixture(name), join(folder(), 'devkit', name));
    }
    if (labels) await copyFile(fixture('cars_test_annos_withlabels.mat'), join(folder(), labels));
  }

  test.each(['cars_test_annos_withlabels.mat', 'devkit/cars_test_annos_withlabels.mat'])(
    'cars_train/, cars_test/ and devkit/, with %s',
    async (labels) => {
      await writeDevkit(labels);
      const { devkit, class_names } = await expected();
      const data = await loadCars(folder());
      expect(data.classNames).toEqual(class_names);
      const carOf = new Map(devkit.map((car) => [car.fname, car]));
      for (const { file, label, box } of [...data.train, ...data.test]) {
        const car = carOf.get(file.replace(/^cars_(train|test)\//, '')) as Car;
        expect({ label, box }).toEqual({ label: car.label, box: boxOf(car.box) });
      }
      expect(data.train.length).toBeGreaterThan(5);
      expect(data.test.length).toBeGreaterThan(5);
      expect(data.train[3]?.path).toBe(join(folder(), 'cars_train/00004.jpg'));
      expect(data.test[0]?.path).toBe(join(folder(), 'cars_test/00016.jpg'));
      const ids = [...data.train, ...data.test].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  test('folders of pictures that lie in themselves, in a folder around them', async () => {
    await writeDevkit('cars_test_annos_withlabels.mat');
    for (const name of ['cars_train', 'cars_test']) {
      await rename(join(folder(), name), join(folder(), 'moved'));
      await mkdir(join(folder(), name));
      await rename(join(folder(), 'moved'), join(folder(), name, name));
    }
    const around = join(folder(), 'archive (1)', 'stanford');
    await mkdir(around, { recursive: true });
    for (const name of ['cars_train', 'cars_test', 'devkit', 'cars_test_annos_withlabels.mat']) {
      await rename(join(folder(), name), join(around, name));
    }
    const data = await loadCars(folder());
    expect(data.root).toBe(around);
    expect(data.train[3]?.path).toBe(join(around, 'cars_train/cars_train/00004.jpg'));
    expect(data.train[3]?.file).toBe('cars_train/00004.jpg');
    expect(data.test[0]?.path).toBe(join(around, 'cars_test/cars_test/00016.jpg'));
  });

  test('car_ims/car_ims/', async () => {
    const { cars } = await expected();
    await writePictures(
      folder(),
      cars.map(({ path }) => `car_ims/${path}`),
    );
    await copyFile(fixture('cars_annos.mat'), join(folder(), 'cars_annos.mat'));
    const data = await loadCars(folder());
    expect(data.train[0]?.path).toBe(join(folder(), 'car_ims/car_ims/000002.jpg'));
  });

  test('says that the devkit lacks the labels of the test images', async () => {
    await writeDevkit(null);
    await expect(loadCars(folder())).rejects.toThrow(
      /lacks cars_test_annos_withlabels\.mat.*does not say the classes/,
    );
  });

  test('mini-Cars are in this layout', async () => {
    const root = join(folder(), 'mini');
    await ensureMini(miniCars, root, { trainPerClass: 2, testPerClass: 1, imageSize: 64 });
    const data = await loadCars(root);
    expect(data.name).toBe('mini');
    expect(data.warnings).toEqual([]);
    expect(data.classNames).toHaveLength(10);
    expect(data.classNames[0]).toBe('Spoked Striped Bonnet Sedan 2001');
    expect(data.train.map(({ label }) => label)).toEqual([...Array(20).keys()].map((i) => i >> 1));
    expect(data.test.map(({ label }) => label)).toEqual([...Array(10).keys()]);
    expect(data.test[0]?.box?.width).toBeGreaterThan(20);
  });

  test('a class out of range, a missing picture, a damaged file, a folder of something else', async () => {
    const row = {
      relative_im_path: matText('car_ims/000001.jpg'),
      bbox_x1: matNumber(1),
      bbox_y1: matNumber(1),
      bbox_x2: matNumber(5),
      bbox_y2: matNumber(5),
      class: matNumber(3),
      test: matNumber(0),
    };
    const write = (label: number) =>
      writeFile(
        join(folder(), 'cars_annos.mat'),
        writeMat({
          annotations: matStructs([row, { ...row, class: matNumber(label) }]),
          class_names: matCells(['a', 'b', 'c'].map(matText)),
        }),
      );
    await writePictures(folder(), ['car_ims/000001.jpg']);
    await write(4);
    await expect(loadCars(folder())).rejects.toThrow(
      'cars_annos.mat: annotations(2).class: 4 is not in 1…3',
    );
    await write(1);
    await rm(join(folder(), 'car_ims/000001.jpg'));
    await expect(loadCars(folder())).rejects.toThrow(/000001\.jpg \(missing\)/);
    await writeFile(join(folder(), 'cars_annos.mat'), 'MATLAB');
    await expect(loadCars(folder())).rejects.toThrow('cars_annos.mat: no MAT-file');
    await rm(join(folder(), 'cars_annos.mat'));
    await expect(loadCars(folder())).rejects.toThrow('is incomplete: it lacks cars_annos.mat');
    await expect(loadCars(join(folder(), 'nowhere'))).rejects.toThrow('there is no folder');
  });
});
