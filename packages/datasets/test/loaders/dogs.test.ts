import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDogs } from '../../src/loaders/dogs.ts';
import { matCells, matText, writeMat } from '../../src/mat/write.ts';
import { miniDogs } from '../../src/mini/dogs/files.ts';
import { ensureMini } from '../../src/mini/ensure.ts';
import { writePictures } from '../support/coloured.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const fixture = (name: string) =>
  fileURLToPath(new URL(`../fixtures/mat/${name}`, import.meta.url));

async function writeDogs() {
  const { dogs } = JSON.parse(await readFile(fixture('expected.json'), 'utf8')) as {
    dogs: Record<'train' | 'test', [string, number][]>;
  };
  const files = [...dogs.train, ...dogs.test].map(([file]) => `Images/${file}`);
  await writePictures(folder(), files);
  for (const part of ['train', 'test']) {
    await copyFile(fixture(`dogs_${part}_list.mat`), join(folder(), `${part}_list.mat`));
  }
  return dogs;
}

const list = (files: string[], labels: number[]) =>
  writeMat({
    file_list: matCells(files.map(matText)),
    labels: { kind: 'numbers', dims: [labels.length, 1], values: labels },
  });

describe('loadDogs', () => {
  test('Images/ and the lists; classes are named after their folders', async () => {
    const dogs = await writeDogs();
    const data = await loadDogs(folder());
    expect(data.classNames).toEqual([
      'n02085620-Chihuahua',
      'n02085782-Japanese_spaniel',
      'n02116738-African_hunting_dog',
    ]);
    expect(data.train.map(({ file, label }) => [file, label])).toEqual(dogs.train);
    expect(data.test.map(({ file, label }) => [file, label])).toEqual(dogs.test);
    expect(data.train[0]?.path).toBe(join(folder(), 'Images', dogs.train[0]?.[0] as string));
    const ids = [...data.train, ...data.test].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(data.warnings).toEqual([
      expect.stringContaining('the same files as training images: 4'), // as the lists say
    ]);
  });

  test('Images/Images/', async () => {
    const dogs = await writeDogs();
    await rename(join(folder(), 'Images'), join(folder(), 'moved'));
    await mkdir(join(folder(), 'Images'));
    await rename(join(folder(), 'moved'), join(folder(), 'Images/Images'));
    const data = await loadDogs(folder());
    const first = dogs.train[0]?.[0] as string;
    expect(data.train[0]?.path).toBe(join(folder(), 'Images/Images', first));
  });

  test('mini-Dogs are in this layout', async () => {
    await ensureMini(miniDogs, join(folder(), 'mini'), {
      trainPerClass: 2,
      testPerClass: 1,
      imageSize: 48,
    });
    const data = await loadDogs(join(folder(), 'mini'));
    expect(data.classNames[0]).toBe('n02000001-Lop_saddled_ringtail_socks');
    expect([data.classNames.length, data.train.length, data.test.length]).toEqual([10, 20, 10]);
  });

  test('refuses labels that do not fit the folders or the files', async () => {
    const dogs = await writeDogs();
    const files = dogs.test.map(([file]) => file);
    const labels = dogs.test.map(([, label]) => label + 1);
    const write = (bytes: Uint8Array) => writeFile(join(folder(), 'test_list.mat'), bytes);
    await write(
      list(
        files,
        labels.map((label) => (label === 3 ? 1 : label)),
      ),
    );
    await expect(loadDogs(folder())).rejects.toThrow(
      /test_list\.mat: labels\(\d+\): label 1 is n02085620/,
    );
    await write(
      list(
        files,
        labels.map((label) => (label === 1 ? 0 : label)),
      ),
    );
    await expect(loadDogs(folder())).rejects.toThrow('expected a label from 1; got 0');
    await write(list(files, labels.slice(1)));
    await expect(loadDogs(folder())).rejects.toThrow(`${files.length} files have`);
    await write(list([...files, 'n09-Cat/1.jpg'], [...labels, 5]));
    await expect(loadDogs(folder())).rejects.toThrow('labels up to 5, but none 4');
    await write(list([...files, 'n09-Cat/1.jpg'], [...labels, 1e15])); // as many classes would fill the memory
    await expect(loadDogs(folder())).rejects.toThrow('labels up to 1000000000000000, but none 4');
    await write(list([...files, '1.jpg'], [...labels, 4]));
    await expect(loadDogs(folder())).rejects.toThrow(
      `test_list.mat: file_list{${files.length + 1}}: expected <breed>/<picture>; got '1.jpg'`,
    );
    await write(writeMat({}));
    await expect(loadDogs(folder())).rejects.toThrow(
      'test_list.mat: file_list: expected a cell array',
    );
  });
});
