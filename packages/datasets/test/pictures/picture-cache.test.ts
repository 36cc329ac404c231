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
import { resizeToBytes } from '@fbsd/trainer';
import { diskPictures, readPixels } from '../../src/pictures/decode.ts';
import { DiskPictureCache } from '../../src/pictures/picture-cache.ts';
import { fixture } from '../support/fixtures.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const SIZE = 40;
const cacheFolder = () => join(folder(), 'cache');
const picture = () => join(folder(), 'a.jpg');

beforeEach(() => copyFileSync(fixture('source.jpg'), picture()));

const newCache = () => new DiskPictureCache(cacheFolder(), diskPictures);

async function read({
  cache = newCache(),
  path = picture(),
  cutBottom = 0,
  size = SIZE,
} = {}): Promise<Buffer> {
  let seen = Buffer.of();
  await cache.read({ path, cutBottom }, size, ({ data, width, height }) => {
    expect([width, height, data.length]).toEqual([size, size, 3 * size * size]);
    seen = Buffer.from(data);
  });
  return seen;
}

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

describe('DiskPictureCache', () => {
  test('keeps a picture, and reads it without decoding it', async () => {
    const expected = await resized();
    utimesSync(picture(), 7, 7);
    expect(await read()).toEqual(expected);
    const [entry] = entries();
    expect(statSync(entry as string).size).toBe(4 + 3 * SIZE * SIZE);
    // The same name, time and size, but nothing to decode: only the cache can give it.
    writeFileSync(picture(), Buffer.alloc(statSync(picture()).size));
    utimesSync(picture(), 7, 7);
    const cache = newCache();
    expect(await read({ cache })).toEqual(expected);
    expect(await Promise.all([read({ cache }), read({ cache })])).toEqual([expected, expected]);
  });

  test('decodes anew what has changed, has another size or is cut', async () => {
    await read();
    copyFileSync(fixture('gray.jpg'), picture());
    expect(await read()).toEqual(await resized());
    utimesSync(picture(), 1, 1);
    await read();
    const cache = newCache();
    expect(await read({ cache, size: 30 })).toEqual(await resized(picture(), 0, 30));
    expect(await read({ cache, cutBottom: 20 })).toEqual(await resized(picture(), 20));
    expect(await read({ cache, size: 30 })).toEqual(await resized(picture(), 0, 30));
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

  test('tells the room that it takes', () => {
    expect(DiskPictureCache.bytesOf(10, 448)).toBe(10 * (4 + 3 * 550 * 550));
  });

  test('throws as decoding does, and keeps nothing', async () => {
    const path = join(folder(), 'broken.jpg');
    copyFileSync(fixture('truncated.jpg'), path);
    await expect(read({ path })).rejects.toThrow(`cannot decode ${path} (truncated)`);
    await expect(read({ path: join(folder(), 'no.jpg') })).rejects.toThrow('(missing)');
    expect(readdirSync(folder())).toEqual(['a.jpg', 'broken.jpg']);
  });
});

test('says once why pictures cannot be kept, and reads them all the same', async () => {
  const expected = await resized();
  writeFileSync(cacheFolder(), 'a file where the folder should be');
  const reasons: string[] = [];
  const onRefusal = (reason: string) => reasons.push(reason);
  const cache = new DiskPictureCache(cacheFolder(), diskPictures, { onRefusal });
  expect(await read({ cache })).toEqual(expected);
  expect(await read({ cache })).toEqual(expected);
  expect(reasons).toEqual([expect.stringContaining('ENOTDIR')]);
});
