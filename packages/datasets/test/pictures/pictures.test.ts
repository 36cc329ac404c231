import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { diskPictures, readPixels } from '../../src/pictures/decode.ts';
import { fixture } from '../support/fixtures.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();

async function meanDifference(a: string, b: string): Promise<number> {
  const [x, y] = [(await readPixels(a)).data, (await readPixels(b)).data];
  expect(x.length).toBe(y.length);
  return x.reduce((sum, value, i) => sum + Math.abs(value - (y[i] as number)), 0) / x.length;
}

describe('readPixels', () => {
  // The bounds are the loss of each format, a little above what was measured; the last is that of
  // the colour profile.
  test.each([
    ['alpha.png', 5],
    ['palette.gif', 18],
    ['cmyk.jpg', 25],
  ])('makes RGB of %s', async (name, bound) => {
    const { data, width, height } = await readPixels(fixture(name));
    expect([width, height, data.length]).toEqual([250, 187, 250 * 187 * 3]);
    expect(await meanDifference(fixture(name), fixture('source.jpg'))).toBeLessThan(bound);
  });

  test('makes three equal channels of gray', async () => {
    const { data } = await readPixels(fixture('gray.jpg'));
    expect(data).toHaveLength(250 * 187 * 3);
    expect(data.every((value, i) => value === data[i - (i % 3)])).toBe(true);
    expect(new Set(data).size).toBeGreaterThan(100);
  });

  test('makes 8 bits of 16', async () => {
    const path = join(folder(), 'deep.png');
    await sharp(fixture('source.jpg')).toColourspace('rgb16').png().toFile(path);
    expect((await sharp(path).metadata()).depth).toBe('ushort');
    expect(await meanDifference(path, fixture('source.jpg'))).toBe(0);
  });

  test('turns the picture upright by its EXIF orientation', async () => {
    // Two pixels, red left of blue; orientation 6: the camera's right is down.
    const path = join(folder(), 'turned.png');
    await sharp(Uint8Array.of(255, 0, 0, 0, 0, 255), { raw: { width: 2, height: 1, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toFile(path);
    const { data, width, height } = await readPixels(path);
    expect([width, height]).toEqual([1, 2]);
    expect([...data]).toEqual([255, 0, 0, 0, 0, 255]);
  });

  test('ignores an embedded colour profile', async () => {
    const path = join(folder(), 'wide.png');
    await sharp({ create: { width: 1, height: 1, channels: 3, background: '#f00' } })
      .withIccProfile('p3')
      .png()
      .toFile(path);
    const { data } = await readPixels(path);
    // sRGB's red in the coordinates of Display P3, as stored
    expect(data[0]).toBeLessThan(240);
    expect(data[1]).toBeGreaterThan(40);
  });

  test('reads a file anew when it has changed', async () => {
    const path = join(folder(), 'a.jpg');
    await copyFile(fixture('gray.jpg'), path);
    await readPixels(path);
    await copyFile(fixture('source.jpg'), path);
    expect(await meanDifference(path, fixture('source.jpg'))).toBe(0);
  });

  test.each([
    ['truncated.jpg', 'truncated'],
    ['empty.jpg', 'empty'],
    ['not_an_image.jpg', 'no picture of a known format'],
    ['nowhere.jpg', 'missing'],
  ])('names %s when it cannot be decoded', async (name, reason) => {
    await expect(readPixels(fixture(name))).rejects.toThrow(
      `[@fbsd/datasets] cannot decode ${fixture(name)} (${reason}). Replace the file`,
    );
  });

  test('names the reason of each file, however many are decoded at once', async () => {
    const names = ['truncated.jpg', 'source.jpg', 'not_an_image.jpg', 'empty.jpg'];
    const all = Array.from({ length: 40 }, (_, i) => names[i % 4] as string);
    const results = await Promise.allSettled(all.map((name) => readPixels(fixture(name))));
    const reasons = results.map((result) =>
      result.status === 'rejected' ? /\(([^)]+)\)\. /.exec(result.reason.message)?.[1] : 'fine',
    );
    expect(reasons.slice(0, 4)).toEqual([
      'truncated',
      'fine',
      'no picture of a known format',
      'empty',
    ]);
    for (const [i, reason] of reasons.entries()) expect(reason).toBe(reasons[i % 4]);
  });

  test('refuses a file that is whole at both ends but not between', async () => {
    const bytes = await readFile(fixture('source.jpg'));
    const path = join(folder(), 'damaged.jpg');
    await writeFile(path, Buffer.concat([bytes.subarray(0, 20), bytes.subarray(-9000)]));
    await expect(readPixels(path)).rejects.toThrow(`cannot decode ${path} (damaged). `);
  });

  test('accepts bytes between the segments of a file', async () => {
    const bytes = await readFile(fixture('source.jpg'));
    const path = join(folder(), 'extraneous.jpg');
    const second = 4 + bytes.readUInt16BE(4); // where the first segment ends
    await writeFile(
      path,
      Buffer.concat([bytes.subarray(0, second), Buffer.alloc(9), bytes.subarray(second)]),
    );
    expect(await meanDifference(path, fixture('source.jpg'))).toBe(0);
  });
});

describe('diskPictures.isStoredUpright', () => {
  test.each([
    [1, true],
    [2, false], // mirrored, of the same size
    [3, false], // upside down, of the same size
    [6, false],
  ])('with orientation %i: %s', async (orientation, expected) => {
    const path = join(folder(), 'turned.jpg');
    await sharp(fixture('source.jpg')).withMetadata({ orientation }).toFile(path);
    expect(await diskPictures.isStoredUpright?.({ path })).toBe(expected);
  });

  test('without an orientation', async () => {
    expect(await diskPictures.isStoredUpright?.({ path: fixture('alpha.png') })).toBe(true);
  });

  test('names a picture that is missing', async () => {
    const path = join(folder(), 'nowhere.jpg');
    await expect(diskPictures.isStoredUpright?.({ path })).rejects.toThrow(path);
  });
});
