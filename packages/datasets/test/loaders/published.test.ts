import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATASETS, type PublishedDataset } from '../../src/loaders/datasets.ts';
import { readMat } from '../../src/mat/read.ts';
import { matCells, matText, writeMat } from '../../src/mat/write.ts';
import { ensureMini } from '../../src/mini/ensure.ts';
import { writePictures } from '../support/coloured.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { lines } from '../support/tiny-cub.ts';

const temporary = temporaryFolder();
const folder = () => join(temporary(), 'data');

/** A drawn data set of ten classes, 20 training and 10 test pictures. */
const draw = ({ mini }: PublishedDataset) =>
  ensureMini(mini, folder(), { trainPerClass: 2, testPerClass: 1, imageSize: 48 });
const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `class ${from + i}`);

describe('a copy with the published number of classes is held to the published counts', () => {
  test('Stanford Cars', async () => {
    await draw(DATASETS.cars);
    const file = join(folder(), 'cars_annos.mat');
    const variables = Object.fromEntries(readMat(await readFile(file), file));
    const class_names = matCells(names(0, 196).map(matText));
    await writeFile(file, writeMat({ ...variables, class_names }));
    const { name, warnings } = await DATASETS.cars.load(folder());
    expect(name).toBe('Stanford Cars');
    expect(warnings).toEqual([
      'Stanford Cars has 8144 training images; this copy has 20, 8124 fewer.',
      'Stanford Cars has 8041 test images; this copy has 10, 8031 fewer.',
    ]);
  });

  test.each([
    ['variant', 'variants.txt', 100],
    ['family', 'families.txt', 70],
    ['manufacturer', 'manufacturers.txt', 30],
  ] as const)('FGVC-Aircraft by %s', async (level, list, classes) => {
    await draw(DATASETS.aircraft);
    const { classNames } = await DATASETS.aircraft.load(folder(), { level });
    await appendFile(join(folder(), 'data', list), lines(names(classNames.length, classes)));
    const { name, warnings } = await DATASETS.aircraft.load(folder(), { level });
    expect(name).toBe('FGVC-Aircraft');
    expect(warnings).toEqual([
      'FGVC-Aircraft has 6667 training images; this copy has 20, 6647 fewer.',
      'FGVC-Aircraft has 3333 test images; this copy has 10, 3323 fewer.',
    ]);
  });

  test('Stanford Dogs', async () => {
    const files = names(0, 120).map((name, i) => `n${10_000 + i}-${name}/n${10_000 + i}_1.jpg`);
    await writePictures(
      folder(),
      files.map((file) => `Images/${file}`),
      { width: 4, height: 4 },
    );
    const list = (from: number, to: number) =>
      writeMat({
        file_list: matCells(files.slice(from, to).map(matText)),
        labels: {
          kind: 'numbers',
          dims: [to - from, 1],
          values: files.slice(from, to).map((_, i) => from + i + 1),
        } as const,
      });
    await writeFile(join(folder(), 'train_list.mat'), list(0, 100));
    await writeFile(join(folder(), 'test_list.mat'), list(100, 120));
    const { name, warnings } = await DATASETS.dogs.load(folder());
    expect(name).toBe('Stanford Dogs');
    expect(warnings).toEqual([
      'Stanford Dogs has 12000 training images; this copy has 100, 11900 fewer.',
      'Stanford Dogs has 8580 test images; this copy has 20, 8560 fewer.',
    ]);
  });
});
