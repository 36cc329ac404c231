import { appendFile, copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '@fbsd/trainer';
import sharp from 'sharp';
import { loadClassFolders } from '../../src/loaders/class-folders.ts';
import { classFolders } from '../../src/web/class-folders.ts';
import type { NamedBlob } from '../../src/web/named-blob.ts';
import { writePictures } from '../support/coloured.ts';
import { namedBlobs } from '../support/named-blobs.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const root = () => join(folder(), 'flowers');
const at = (path: string) => join(root(), path);

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}/${i}.jpg`);

/** A browser's, in which TIFF is no picture. */
let decoded: Blob[] = [];
beforeEach(() => {
  decoded = [];
  globalThis.createImageBitmap = (async (blob: Blob) => {
    decoded.push(blob);
    const bytes = Buffer.from(await blob.arrayBuffer());
    const { format } = await sharp(bytes)
      .stats()
      .then(() => sharp(bytes).metadata());
    if (format === 'tiff') throw new Error('The source image could not be decoded.');
    return { close: () => {} };
  }) as typeof createImageBitmap;
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'createImageBitmap');
});

/** What does not depend on where the files are. */
function placeless({ classNames, partNames, train, test, warnings, name }: Dataset) {
  const of = (samples: Dataset['train']) =>
    samples.map(({ id, file, label }) => ({ id, file, label }));
  const sentences = warnings.map((warning) => warning.replaceAll(`${root()}/`, ''));
  return { name, classNames, partNames, train: of(train), test: of(test), warnings: sentences };
}

/** The same folder read by Node and by a page. */
async function both(options = {}) {
  const node = await loadClassFolders(root(), { ...options, skipCorrupt: true });
  const page = await classFolders(await namedBlobs(root(), 'flowers/'), options);
  return { node: placeless(node), page: placeless(page.dataset), found: page };
}

describe('classFolders', () => {
  test('is what loadClassFolders makes of the same folder: a split at random', async () => {
    await writePictures(root(), [
      ...numbered('rose', 12),
      ...numbered('lily', 7),
      'iris/deep/1.JPG',
      'iris/2.png',
    ]);
    for (const options of [{}, { seed: 5 }, { seed: 5, testShare: 0.4 }]) {
      const { node, page } = await both(options);
      expect(page).toEqual(node);
      expect(page.classNames).toEqual(['iris', 'lily', 'rose']);
      expect(page.test.length).toBeGreaterThan(3);
    }
  });

  test('and a split of its own, with what is left out of it', async () => {
    await writePictures(root(), [
      ...numbered('Train/rose', 3),
      ...numbered('Train/lily', 2),
      ...numbered('VAL/rose', 1),
      'VAL/rose/.ipynb_checkpoints/0.jpg',
      'VAL/rose/.ipynb_checkpoints/1.jpg',
      'Train/rose/._0.jpg',
      'Train/__MACOSX/x.jpg',
      'others/1.jpg',
      'loose.jpg',
    ]);
    await copyFile(at('Train/lily/1.jpg'), at('VAL/rose/same.jpg'));
    await writeFile(at('Train/rose/notes.TXT'), 'no picture');
    await writeFile(at('Train/rose/cover'), await readFile(at('loose.jpg')));
    const { node, page, found } = await both();
    expect(page).toEqual(node);
    expect(page.warnings).toEqual([
      'Left out: files that are not read as pictures: 1 without ending, 1 .txt.',
      'Left out: hidden and system files and folders: 3 (Train/__MACOSX, Train/rose/._0.jpg, VAL/rose/.ipynb_checkpoints).',
      'Test images that are the same files as training images: 1 (VAL/rose/same.jpg = Train/lily/1.jpg).',
    ]);
    const unused = new Map(found.unused.map(({ path, reason }) => [path, reason]));
    expect(unused).toEqual(
      new Map([
        ['flowers/loose.jpg', 'in no folder of a class'],
        ['flowers/others/1.jpg', 'in no folder of a class'],
        ['flowers/VAL/rose/.ipynb_checkpoints/0.jpg', 'hidden, or of the system'],
        ['flowers/VAL/rose/.ipynb_checkpoints/1.jpg', 'hidden, or of the system'],
        ['flowers/Train/rose/._0.jpg', 'hidden, or of the system'],
        ['flowers/Train/__MACOSX/x.jpg', 'hidden, or of the system'],
        ['flowers/Train/rose/notes.TXT', 'no picture of a known format'],
        ['flowers/Train/rose/cover', 'a picture whose name does not say so (JPEG)'],
      ]),
    );
    expect(found.dataset.train[0]?.path).toBe('flowers/Train/lily/0.jpg');
  });

  test.each([
    ['a flat test/', ['train/a/0.jpg', 'train/b/0.jpg', 'test/1.jpg']],
    ['classes that look like a split', ['training/0.jpg', 'testing/0.jpg', 'testing/1.jpg']],
    ['test/ before val/', ['train/a/0.jpg', 'train/b/0.jpg', 'test/a/1.jpg', 'val/b/1.jpg']],
  ])('warns as it does: %s', async (_, paths) => {
    await writePictures(root(), paths);
    const { node, page } = await both();
    expect({ ...page, warnings: [] }).toEqual({ ...node, warnings: [] });
    expect(page.warnings).toEqual(node.warnings);
  });

  test.each([
    ['one class', ['a/0.jpg', 'a/1.jpg']],
    ['two folders of one name', ['train/a/0.jpg', 'train/b/0.jpg', 'Train/a/0.jpg']],
    ['a class of test/ alone', ['train/a/0.jpg', 'train/b/0.jpg', 'test/c/0.jpg']],
  ])('refuses as it does: %s', async (_, paths) => {
    await writePictures(root(), paths);
    const [node, page] = await Promise.all([
      loadClassFolders(root()).catch((error: Error) => error),
      classFolders(await namedBlobs(root(), 'flowers/')).catch((error: Error) => error),
    ]);
    if (!(node instanceof Error && page instanceof Error)) throw new Error('one was read');
    expect(page.name).toBe('UserError');
    expect(page.message).toBe(
      node.message
        .replace('loadClassFolders', 'classFolders')
        .replace(`${root()}/`, '')
        .replace(root(), 'flowers'),
    );
  });

  test('names what cannot be read, and why', async () => {
    await writePictures(root(), [...numbered('rose', 4), ...numbered('lily', 4)]);
    await truncate(at('rose/1.jpg'), 200);
    await writeFile(at('rose/2.jpg'), '');
    await writeFile(at('lily/0.jpg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(at('lily/photo.jpeg'), '\0\0\0\x18ftypheic\0\0\0\0');
    await writeFile(at('lily/scan.tif'), await sharp(at('lily/1.jpg')).tiff().toBuffer());
    await appendFile(at('lily/2.jpg'), 'a word after the end');
    const { unused, dataset } = await classFolders(await namedBlobs(root(), 'flowers/'));
    expect(unused).toEqual([
      { path: 'flowers/lily/0.jpg', reason: 'an SVG drawing, which is not read' },
      { path: 'flowers/lily/photo.jpeg', reason: 'a HEIC picture, which is not read' },
      { path: 'flowers/lily/scan.tif', reason: 'damaged, or this browser does not read TIFF' },
      { path: 'flowers/rose/1.jpg', reason: 'truncated' },
      { path: 'flowers/rose/2.jpg', reason: 'empty' },
    ]);
    expect(dataset.warnings[0]).toBe(
      'Left out: 5 of 10 pictures cannot be read: flowers/lily/0.jpg (an SVG drawing, which is not read), flowers/lily/photo.jpeg (a HEIC picture, which is not read), flowers/lily/scan.tif (damaged, or this browser does not read TIFF), flowers/rose/1.jpg (truncated), flowers/rose/2.jpg (empty).',
    );
    expect(dataset.train.length + dataset.test.length).toBe(5);
    expect(decoded).toHaveLength(2); // with something after the end, or of a format without one
  });

  test('a fault of the file itself is its reason', async () => {
    await writePictures(root(), [...numbered('rose', 2), ...numbered('lily', 2)]);
    const files = await namedBlobs(root());
    files.push({ path: 'rose/locked.jpg', blob: new Blob(), fault: 'encrypted' });
    files.push({ path: 'rose/notes.txt', blob: new Blob(), fault: 'not unpacked' });
    const { unused } = await classFolders(files);
    expect(unused).toEqual([
      { path: 'rose/locked.jpg', reason: 'encrypted' },
      { path: 'rose/notes.txt', reason: 'no picture by its name' },
    ]);
  });

  test('a class without a picture that can be read is refused, with the reason', async () => {
    await writePictures(root(), [...numbered('rose', 2), ...numbered('lily', 2)]);
    await mkdir(at('iris'));
    await writeFile(at('iris/1.jpg'), 'no picture');
    await expect(classFolders(await namedBlobs(root()))).rejects.toThrow(
      "[@fbsd/datasets] classFolders: the class 'iris' has no picture to train on: 1 of 1 pictures cannot be read: iris/1.jpg (no picture of a known format). Add pictures to it, or take it away.",
    );
  });

  test('a class of pictures that are not read by their names says so', async () => {
    await writePictures(root(), numbered('rose', 2));
    const heic = ['iris/1.HEIC', 'iris/2.heic'].map((path) => ({ path, blob: new Blob(['x']) }));
    const files = [...(await namedBlobs(root())), ...heic];
    await expect(classFolders(files)).rejects.toThrow(
      'iris holds no picture, but files that are not read: 2 .heic.',
    );
  });

  test('finds the same files, in a class and in several', async () => {
    await writePictures(root(), [...numbered('rose', 3), ...numbered('lily', 3)]);
    await copyFile(at('rose/0.jpg'), at('rose/copy.jpg'));
    await copyFile(at('rose/0.jpg'), at('lily/z.jpg'));
    const files = await namedBlobs(root());
    const { duplicates, dataset } = await classFolders(files);
    expect(duplicates).toEqual([
      { path: 'rose/0.jpg', sameAs: 'lily/z.jpg' },
      { path: 'rose/copy.jpg', sameAs: 'lily/z.jpg' },
    ]);
    expect(dataset.train.length + dataset.test.length).toBe(8);
  });

  test('files of the same size and end that are not the same', async () => {
    await writePictures(root(), [...numbered('rose', 1), ...numbered('lily', 1)]);
    const bytes = await readFile(at('rose/0.jpg'));
    bytes[200] = (bytes[200] as number) ^ 1;
    await writeFile(at('rose/1.jpg'), bytes);
    const { duplicates } = await classFolders(await namedBlobs(root()));
    expect(duplicates).toEqual([]);
  });

  test('where a page may not hash, it says that nothing was compared', async () => {
    await writePictures(root(), [...numbered('rose', 2), ...numbered('lily', 2)]);
    await copyFile(at('rose/0.jpg'), at('rose/copy.jpg'));
    const files = await namedBlobs(root());
    const { crypto } = globalThis;
    Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
    try {
      const { duplicates, dataset } = await classFolders(files);
      expect(duplicates).toEqual([]);
      expect(dataset.warnings).toEqual([
        'The files were not compared: a page may do so over https, or from localhost.',
      ]);
    } finally {
      Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true });
    }
  });

  test.each([
    ['none', '', 'pictures'],
    ['one', 'flowers/', 'flowers'],
    ['two, beside what systems leave', 'Downloads/flowers/', 'flowers'],
  ])('folders around the classes: %s', async (_, around, name) => {
    await writePictures(root(), [...numbered('rose', 2), ...numbered('lily', 2)]);
    const files: NamedBlob[] = [
      ...(await namedBlobs(root(), around)),
      { path: '__MACOSX/flowers/._1.jpg', blob: new Blob(['x']) },
      { path: `${around}.DS_Store`, blob: new Blob(['x']) },
    ];
    const { dataset } = await classFolders(files);
    expect([dataset.name, dataset.root, dataset.classNames]).toEqual([
      name,
      name,
      ['lily', 'rose'],
    ]);
    expect(dataset.train[0]?.path).toBe(`${around}lily/${dataset.train[0]?.file.split('/')[1]}`);
    expect((await classFolders(files, { name: 'mine' })).dataset.name).toBe('mine');
  });

  test('a train/ alone is a split, not a folder around', async () => {
    await writePictures(root(), [...numbered('train/rose', 2), ...numbered('train/lily', 2)]);
    const { dataset } = await classFolders(await namedBlobs(root()));
    expect([dataset.classNames, dataset.train.length]).toEqual([['lily', 'rose'], 4]);
    expect(dataset.warnings).toEqual(['There are no test images.']);
  });

  test('a path that is given twice is used once', async () => {
    await writePictures(root(), [...numbered('rose', 2), ...numbered('lily', 2)]);
    const files = await namedBlobs(root());
    const { dataset, unused } = await classFolders([...files, files[0] as NamedBlob]);
    expect(dataset.train.length + dataset.test.length).toBe(4);
    expect(unused).toEqual([{ path: files[0]?.path, reason: 'given twice' }]);
  });

  test('nothing but pictures in no folder, or nothing at all', async () => {
    await writePictures(root(), ['1.jpg', '2.jpg']);
    for (const files of [await namedBlobs(root()), []]) {
      await expect(classFolders(files)).rejects.toThrow(
        '[@fbsd/datasets] classFolders: the selection holds 0 folders; expected one for each class, two or more.',
      );
    }
  });

  test('one class is enough where it is said to be, none is not', async () => {
    await writePictures(root(), numbered('rose', 5));
    const { dataset } = await classFolders(await namedBlobs(root()), { minClasses: 1 });
    expect([dataset.classNames, dataset.train.length, dataset.test.length]).toEqual([
      ['rose'],
      4,
      1,
    ]);
    await expect(classFolders([], { minClasses: 1 })).rejects.toThrow(
      'the selection holds 0 folders; expected one for each class. Give',
    );
  });

  test('tells how far it is', async () => {
    await writePictures(root(), [...numbered('rose', 3), ...numbered('lily', 2)]);
    const told: [number, number][] = [];
    const onProgress = (done: number, total: number) => told.push([done, total]);
    await classFolders(await namedBlobs(root()), { onProgress });
    expect(told).toEqual([1, 2, 3, 4, 5].map((done) => [done, 5]));
  });
});
