import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATASETS, detectDataset, ensureMini } from '@fbsd/datasets';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();

describe('detectDataset', () => {
  test.each(['cub', 'cars', 'aircraft', 'dogs'] as const)('%s', async (name) => {
    const root = join(folder(), name);
    await ensureMini(DATASETS[name].mini, root, {
      trainPerClass: 1,
      testPerClass: 1,
      imageSize: 32,
    });
    expect(await detectDataset(root)).toBe(name);
  });

  test.each(['cub', 'aircraft'] as const)('%s in a folder in a folder', async (name) => {
    const root = join(folder(), 'download', 'archive', name);
    const counts = { trainPerClass: 1, testPerClass: 1, imageSize: 32 };
    await ensureMini(DATASETS[name].mini, root, counts);
    // A picture folder that lies in itself, too.
    const images = join(root, name === 'cub' ? 'images' : 'data/images');
    await rename(images, join(folder(), 'moved'));
    await mkdir(images);
    await rename(join(folder(), 'moved'), join(images, 'images'));
    const given = name === 'cub' ? folder() : join(folder(), 'download');
    expect(await detectDataset(given)).toBe(name === 'cub' ? 'folder' : name); // cub: three folders above
    const data = await DATASETS[name].load(join(folder(), 'download'), {});
    expect(data.train[0]?.path.startsWith(join(images, 'images'))).toBe(true);
    expect(data.train.length).toBeGreaterThan(5);
  });

  test('a data set that lacks a file is still that data set', async () => {
    const root = join(folder(), 'cub');
    await ensureMini(DATASETS.cub.mini, root, { trainPerClass: 1, testPerClass: 1, imageSize: 32 });
    await rm(join(root, 'classes.txt'));
    expect(await detectDataset(root)).toBe('cub');
  });

  test('anything else is a folder of classes, also where there is none', async () => {
    await mkdir(join(folder(), 'images'));
    await writeFile(join(folder(), 'images', 'a.jpg'), '');
    expect(await detectDataset(folder())).toBe('folder');
    expect(await detectDataset(join(folder(), 'nowhere'))).toBe('folder');
  });
});
