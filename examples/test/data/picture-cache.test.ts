import {
  copyFileSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PictureCache } from '../../src/data/picture-cache.ts';
import { readPixels } from '../../src/data/pictures.ts';
import { resizeToBytes } from '../../src/data/resize.ts';
import { fixture } from './support/fixtures.ts';
import { temporaryFolder } from './support/temporary.ts';

const folder = temporaryFolder();
const SIZE = 40;
const cacheFolder = () => join(folder(), 'cache');
const picture = () => join(folder(), 'a.jpg');

beforeEach(() => copyFileSync(fixture('source.jpg'), picture()));

const read = (cache = new PictureCache(cacheFolder(), SIZE), path = picture(), cutBottom = 0) =>
  cache.read({ path, cutBottom }, ({ data, width, height }) => {
    expect(3 * width * height).toBe(data.length);
    expect(width).toBe(height);
    return Buffer.from(data);
  });

async function resized(path = picture(), cutBottom = 0, size = SIZE): Promise<Buffer> {
  const window = { left: 0, top: 0, width: size, height: size };
  const placement = { window, flip: false, side: size, left: 0, top: 0 };
  return Buffer.from(resizeToBytes(await readPixels(path, cutBottom), size, placement));
}

/** The files of the cache. */
const entries = () =>
  readdirSync(cacheFolder(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

describe('PictureCache', () => {
  test('keeps a picture, and reads it without decoding it', async () => {
    const expected = await resized();
    utimesSync(picture(), 7, 7);
    expect(await read()).toEqual(expected);
    const [entry] = entries();
    expect(statSync(entry as string).size).toBe(PictureCache.bytesOfEntry(SIZE));
    // The same name, time and size, but nothing to decode: only the cache can give it.
    writeFileSync(picture(), Buffer.alloc(statSync(picture()).size));
    utimesSync(picture(), 7, 7);
    const cache = new PictureCache(cacheFolder(), SIZE);
    expect(await read(cache)).toEqual(expected);
    expect(await Promise.all([read(cache), read(cache)])).toEqual([expected, expected]);
  });

  test('decodes anew what has changed, has another size or is cut', async () => {
    await read();
    copyFileSync(fixture('gray.jpg'), picture());
    expect(await read()).toEqual(await resized());
    utimesSync(picture(), 1, 1);
    await read();
    expect(await read(new PictureCache(cacheFolder(), 30))).toEqual(
      await resized(picture(), 0, 30),
    );
    expect(await read(undefined, picture(), 20)).toEqual(await resized(picture(), 20));
    expect(entries()).toHaveLength(5);
  });

  test.each<[string, (entry: string) => void]>([
    ['is cut off', (entry) => truncateSync(entry, 100)],
    ['is empty', (entry) => truncateSync(entry, 0)],
    [
      'has a wrong byte',
      (entry) => {
        const bytes = readFileSync(entry);
        bytes[2000] = (bytes[2000] as number) ^ 1;
        writeFileSync(entry, bytes);
      },
    ],
  ])('decodes anew what %s, and mends it', async (_, damage) => {
    const expected = await read();
    const [entry] = entries();
    const whole = readFileSync(entry as string);
    damage(entry as string);
    expect(await read()).toEqual(expected);
    expect(readFileSync(entry as string)).toEqual(whole);
  });

  test('leaves nothing passing, and writes over what a killed process left', async () => {
    await read();
    const [entry] = entries();
    await rm(entry as string);
    writeFileSync(`${entry}.writing`, 'x'.repeat(99_999));
    expect(await read()).toEqual(await resized());
    expect(entries()).toEqual([entry]);
    expect(await read()).toEqual(await resized());
  });

  test('does without a folder that cannot be written to', async () => {
    writeFileSync(cacheFolder(), 'a file');
    expect(await read()).toEqual(await resized());
    expect(readFileSync(cacheFolder(), 'utf8')).toBe('a file');
  });

  test('throws as decoding does, and keeps nothing', async () => {
    const path = join(folder(), 'broken.jpg');
    copyFileSync(fixture('truncated.jpg'), path);
    await expect(read(undefined, path)).rejects.toThrow(`cannot decode ${path} (truncated)`);
    await expect(read(undefined, join(folder(), 'no.jpg'))).rejects.toThrow('(missing)');
    expect(readdirSync(folder())).toEqual(['a.jpg', 'broken.jpg']);
  });
});
