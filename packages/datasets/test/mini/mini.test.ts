import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { loadCub } from '../../src/loaders/cub.ts';
import { miniCub } from '../../src/mini/birds/files.ts';
import { ensureMini } from '../../src/mini/ensure.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const root = () => join(folder(), 'data', 'mini-CUB');
const small = { trainPerClass: 2, testPerClass: 1, imageSize: 64 };
const picture = 'images/002.Cheeked_Speckled_Ringtail_Barwing';

/** The names beside the data set's folder and its own: the latter alone, if nothing is left behind. */
const beside = () => readdir(join(folder(), 'data'));

async function everyFile(): Promise<Map<string, Buffer>> {
  const entries = await readdir(root(), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  return new Map(
    await Promise.all(files.sort().map(async (path) => [path, await readFile(path)] as const)),
  );
}

describe('ensureMini', () => {
  test('draws a data set that loadCub reads without a warning', async () => {
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    expect(await ensureMini(miniCub, root(), { ...small, onProgress })).toEqual({ drawn: true });
    expect(progress).toEqual(Array.from({ length: 30 }, (_, i) => [i + 1, 30]));
    expect(await beside()).toEqual(['mini-CUB']);

    const data = await loadCub(root());
    expect(data.name).toBe('mini-CUB');
    expect(data.warnings).toEqual([]);
    expect(data.classNames).toHaveLength(10);
    expect(data.partNames).toHaveLength(15);
    for (const [samples, perClass] of [
      [data.train, 2],
      [data.test, 1],
    ] as const) {
      const labels = samples.map(({ label }) => label);
      expect(labels).toEqual(data.classNames.flatMap((_, i) => new Array(perClass).fill(i)));
    }
    const [sample] = data.train;
    const { format, width, height } = await sharp(sample?.path).metadata();
    expect([format, width, height]).toEqual(['jpeg', 64, 64]);
    expect(sample?.box?.width).toBeGreaterThan(20);
    expect(sample?.parts).toHaveLength(15);
    expect(sample?.parts?.filter(({ visible }) => visible).length).toBeGreaterThanOrEqual(9);
  });

  test('uses what is there, to the file', async () => {
    await ensureMini(miniCub, root(), small);
    const path = join(root(), 'images.txt');
    await utimes(path, 0, 0);
    expect(await ensureMini(miniCub, root(), small)).toEqual({ drawn: false });
    expect((await stat(path)).mtimeMs).toBe(0);
  });

  test('draws the same bytes for the same settings', async () => {
    await ensureMini(miniCub, root(), small);
    const first = await everyFile();
    expect(first.size).toBe(30 + 7 + 1);
    await rm(root(), { recursive: true });
    await ensureMini(miniCub, root(), small);
    expect(await everyFile()).toEqual(first);
  });

  test.each([
    ['seed', { seed: 2 }],
    ['trainPerClass', { trainPerClass: 1 }],
    ['imageSize', { imageSize: 48 }],
  ])('draws anew when %s has changed', async (_, change) => {
    await ensureMini(miniCub, root(), small);
    const before = await everyFile();
    expect(await ensureMini(miniCub, root(), { ...small, ...change })).toEqual({ drawn: true });
    expect(await everyFile()).not.toEqual(before);
    expect(await beside()).toEqual(['mini-CUB']);
    expect((await loadCub(root())).train).toHaveLength('trainPerClass' in change ? 10 : 20);
  });

  test.each<[string, (path: string) => Promise<void>]>([
    ['missing', (path) => rm(path)],
    ['cut off', (path) => writeFile(path, 'x')],
  ])('draws anew when a file is %s', async (_, damage) => {
    await ensureMini(miniCub, root(), small);
    const before = await everyFile();
    const [name = ''] = await readdir(join(root(), picture));
    await damage(join(root(), picture, name));
    expect(await ensureMini(miniCub, root(), small)).toEqual({ drawn: true });
    expect(await everyFile()).toEqual(before);
  });

  test('draws anew what an older version drew', async () => {
    await ensureMini(miniCub, root(), small);
    const stamp = join(root(), 'mini-cub.json');
    const text = await readFile(stamp, 'utf8');
    await writeFile(stamp, text.replace(/"version": \d+/, '"version": 0'));
    expect(await ensureMini(miniCub, root(), small)).toEqual({ drawn: true });
    expect(await readFile(stamp, 'utf8')).toBe(text);
  });

  test('leaves everything as it was when drawing fails', async () => {
    await ensureMini(miniCub, root(), small);
    const before = await everyFile();
    const onProgress = (done: number) => {
      if (done === 5) throw new Error('stopped');
    };
    const attempt = ensureMini(miniCub, root(), { ...small, seed: 2, onProgress });
    await expect(attempt).rejects.toThrow('stopped');
    expect(await everyFile()).toEqual(before);
    expect(await beside()).toEqual(['mini-CUB']);
  });

  test('two at once end with one data set', async () => {
    const drawn = await Promise.all([
      ensureMini(miniCub, root(), small),
      ensureMini(miniCub, root(), small),
    ]);
    expect(drawn.map((result) => result.drawn).sort()).toEqual([false, true]);
    expect(await beside()).toEqual(['mini-CUB']);
    expect((await loadCub(root())).train).toHaveLength(20);
  });

  describe('errors', () => {
    test('a folder of something else is left alone', async () => {
      await mkdir(root(), { recursive: true });
      await writeFile(join(root(), 'thesis.txt'), 'my own');
      await writeFile(join(root(), 'mini-cub.json'), '{"generator": "another"}');
      await expect(ensureMini(miniCub, root(), small)).rejects.toThrow(
        `[@fbsd/datasets] ensureMini: ${root()} is there, but no mini-CUB was drawn into it`,
      );
      expect(await readFile(join(root(), 'thesis.txt'), 'utf8')).toBe('my own');
    });

    test('files of others in a folder to be drawn anew are not deleted', async () => {
      await ensureMini(miniCub, root(), small);
      await writeFile(join(root(), picture, 'holiday.jpg'), 'my own');
      expect(await ensureMini(miniCub, root(), small)).toEqual({ drawn: false });
      await expect(ensureMini(miniCub, root(), { ...small, seed: 2 })).rejects.toThrow(
        `${root()} has to be drawn anew, but it holds 1 files that were not drawn, such as ${picture}/holiday.jpg.`,
      );
      expect(await readFile(join(root(), picture, 'holiday.jpg'), 'utf8')).toBe('my own');
      expect(await beside()).toEqual(['mini-CUB']);
    });

    test.each([
      [{ seed: -1 }, 'seed must be an integer from 0 to 4294967295; got -1'],
      [{ trainPerClass: 0 }, 'trainPerClass must be an integer from 1 to 10000; got 0'],
      [{ testPerClass: -1 }, 'testPerClass must be an integer from 0 to 10000; got -1'],
      [{ imageSize: 16 }, 'imageSize must be an integer from 32 to 2048; got 16'],
    ])('%j', async (change, message) => {
      await expect(ensureMini(miniCub, root(), change)).rejects.toThrow(
        new RangeError(`[@fbsd/datasets] mini-CUB: ${message}.`),
      );
    });
  });
});
