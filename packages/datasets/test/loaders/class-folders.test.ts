import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadClassFolders } from '../../src/loaders/class-folders.ts';
import { writePictures } from '../support/coloured.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}/${i}.jpg`);

describe('loadClassFolders', () => {
  test('a split of its own: train/ and val/', async () => {
    await writePictures(folder(), [
      ...numbered('train/wild rose', 2),
      'train/tulip/deep/0.JPG',
      'train/tulip/1.jpg',
      'val/tulip/0.jpg',
      '.hidden/x.jpg',
    ]);
    await writeFile(join(folder(), 'train/tulip/notes.txt'), 'no picture');
    const data = await loadClassFolders(folder());
    expect(data.classNames).toEqual(['tulip', 'wild rose']);
    expect(data.train.map(({ file, label }) => [file, label])).toEqual([
      ['train/tulip/1.jpg', 0],
      ['train/tulip/deep/0.JPG', 0],
      ['train/wild rose/0.jpg', 1],
      ['train/wild rose/1.jpg', 1],
    ]);
    expect(data.test.map(({ file, label }) => [file, label])).toEqual([['val/tulip/0.jpg', 0]]);
  });

  test('no split: the same seed takes the same share of every class', async () => {
    await writePictures(folder(), [...numbered('a', 10), ...numbered('b', 2), ...numbered('c', 1)]);
    const split = async (seed: number, testShare?: number) => {
      const data = await loadClassFolders(folder(), { seed, ...(testShare && { testShare }) });
      expect(data.train.length + data.test.length).toBe(13);
      return data.test.map(({ file }) => file);
    };
    const first = await split(1);
    expect(first.map((file) => file[0])).toEqual(['a', 'a', 'b']); // a class of one is for training
    expect(await split(1)).toEqual(first);
    expect(await split(1, 0.5)).toHaveLength(6);
    const others = await Promise.all([2, 3, 4, 5].map((seed) => split(seed)));
    expect(others.some((files) => files.join() !== first.join())).toBe(true);
  });

  test('refuses folders that are no classes, with advice', async () => {
    const load = () => loadClassFolders(folder());
    await expect(loadClassFolders(join(folder(), 'no'))).rejects.toThrow('there is no folder');
    await writePictures(folder(), ['a/0.jpg']);
    await expect(load()).rejects.toThrow('holds 1 folders; expected one for each class');
    await mkdir(join(folder(), 'b'));
    await expect(load()).rejects.toThrow(/b holds no picture/);
    await rm(folder(), { recursive: true });
    await writePictures(folder(), ['train/a/0.jpg', 'train/b/0.jpg']);
    expect((await load()).warnings).toEqual(['There are no test images.']);
    await writePictures(folder(), ['test/c/0.jpg']);
    await expect(load()).rejects.toThrow("holds the class 'c', which train/ lacks");
  });

  test('a picture that is none is refused, or left out', async () => {
    await writePictures(folder(), [...numbered('a', 3), ...numbered('b', 3)]);
    await writeFile(join(folder(), 'b/broken.jpg'), 'no picture');
    await expect(loadClassFolders(folder())).rejects.toThrow(/1 of 7 pictures cannot be read/);
    const data = await loadClassFolders(folder(), { skipCorrupt: true });
    expect(data.train.length + data.test.length).toBe(6);
    expect(data.warnings[0]).toContain('broken.jpg');
  });

  test('Train/ and Test/ in capitals are the split', async () => {
    await writePictures(folder(), ['Train/a/0.jpg', 'Train/b/0.jpg', 'TEST/a/1.jpg']);
    const { classNames, train, test } = await loadClassFolders(folder());
    expect([classNames, train.length, test.length]).toEqual([['a', 'b'], 2, 1]);
  });

  test('hidden and system files are left out, others counted by kind', async () => {
    await writePictures(folder(), [
      ...numbered('train/a', 2),
      ...numbered('train/b', 2),
      ...numbered('test/a', 1),
      'test/a/.ipynb_checkpoints/0-checkpoint.jpg',
      'test/a/._0.jpg',
      'train/__MACOSX/a/x.jpg',
      'train/b/@eaDir/x.jpg',
      'test/.DS_Store.jpg',
    ]);
    await writeFile(join(folder(), 'train/b/x.BMP'), 'BM');
    await writeFile(join(folder(), 'train/b/y.heic'), '');
    const { classNames, train, test, warnings } = await loadClassFolders(folder());
    expect([classNames, train.length, test.length]).toEqual([['a', 'b'], 4, 1]);
    expect(warnings).toEqual([
      'Left out: files that are not read as pictures: 1 .bmp, 1 .heic.',
      'Left out: hidden and system files and folders: 5 (train/__MACOSX, train/b/@eaDir, test/.DS_Store.jpg, …).',
    ]);
  });

  test('hidden folders beside classes are counted and named, with a split and without', async () => {
    const classes = ['a', 'b'].flatMap((name) => numbered(name, 2));
    await writePictures(folder(), [...classes, '.ipynb_checkpoints/x.jpg', '@eaDir/a/x.jpg']);
    const { classNames, warnings } = await loadClassFolders(folder());
    expect(classNames).toEqual(['a', 'b']);
    expect(warnings[0]).toBe(
      'Left out: hidden and system files and folders: 2 (.ipynb_checkpoints, @eaDir).',
    );
    const inTrain = classes.map((path) => `split/Train/${path}`);
    const hidden = 'split/Train/.ipynb_checkpoints/x.jpg';
    await writePictures(folder(), [...inTrain, hidden, 'split/.git/x.jpg']);
    expect((await loadClassFolders(join(folder(), 'split'))).warnings[0]).toBe(
      'Left out: hidden and system files and folders: 1 (Train/.ipynb_checkpoints).',
    );
  });

  test('links to folders are classes, and lead nowhere for ever', async () => {
    await writePictures(folder(), [...numbered('data/a', 3), ...numbered('elsewhere', 2)]);
    await symlink(join(folder(), 'elsewhere'), join(folder(), 'data/b'));
    await symlink(join(folder(), 'data/a'), join(folder(), 'data/a/again'));
    const { classNames, train, test } = await loadClassFolders(join(folder(), 'data'));
    expect([classNames, train.length + test.length]).toEqual([['a', 'b'], 5]);
  });

  test('a flat test/ is not used for testing', async () => {
    await writePictures(folder(), ['train/a/0.jpg', 'train/b/0.jpg', 'test/1.jpg']);
    const { test, warnings } = await loadClassFolders(folder());
    expect(test).toEqual([]);
    expect(warnings).toEqual([
      `${join(folder(), 'test')} has no folder for each class: it is not used for testing.`,
      'There are no test images.',
    ]);
  });

  test('warns of classes that look like a split, and of the same files in training and test', async () => {
    await writePictures(folder(), [...numbered('training', 2), ...numbered('testing', 2)]);
    expect((await loadClassFolders(folder())).warnings[0]).toContain(
      'Classes are named testing, training: if these are a split',
    );
    await rm(folder(), { recursive: true });
    await writePictures(folder(), [
      'train/a/0.jpg',
      'train/b/0.jpg',
      'test/b/1.jpg',
      'test/b/2.jpg',
    ]);
    await copyFile(join(folder(), 'train/a/0.jpg'), join(folder(), 'test/b/1.jpg'));
    expect((await loadClassFolders(folder())).warnings).toEqual([
      'Test images that are the same files as training images: 1 (test/b/1.jpg = train/a/0.jpg).',
    ]);
  });
});
