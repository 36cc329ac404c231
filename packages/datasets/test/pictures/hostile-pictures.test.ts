import { execFileSync } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { checkPictures } from '../../src/pictures/check-pictures.ts';
import { diskPicturesWithin, readPixels } from '../../src/pictures/decode.ts';
import { fixture } from '../support/fixtures.ts';
import { pngOf } from '../support/png.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { deepTiff } from '../support/tiff.ts';

const folder = temporaryFolder();
const file = (name: string) => join(folder(), name);

async function refusal(path: string, limits = {}): Promise<string> {
  const message = await readPixels(path, 0, limits).then(
    () => 'it was read',
    (error: Error) => error.message,
  );
  expect(message).toContain(`[@fbsd/datasets] cannot decode ${path} (`);
  // What the check before training says is the same.
  const { readable, warnings } = await checkPictures(
    'test',
    [{ path }, { path: fixture('source.jpg') }],
    { skipCorrupt: true, ...limits },
  );
  expect(readable).toEqual([{ path: fixture('source.jpg') }]);
  const reason = /\(([^)]+)\)\. (?:Replace|Allow more)/.exec(message)?.[1] as string;
  expect(warnings).toEqual([`Left out: 1 of 2 pictures cannot be read: ${path} (${reason}).`]);
  return reason;
}

describe('only regular files', () => {
  test('a pipe is refused, not waited for', async () => {
    execFileSync('mkfifo', [file('pipe.jpg')]);
    expect(await refusal(file('pipe.jpg'))).toBe('no file but a pipe');
  });

  test('a folder, a device, a socket', async () => {
    expect(await refusal(folder())).toBe('no file but a folder');
    expect(await refusal('/dev/zero')).toBe('no file but a device');
    const server = createServer();
    await new Promise<void>((listening) => server.listen(file('socket.jpg'), listening));
    expect(await refusal(file('socket.jpg'))).toMatch(/socket|no such device/);
    await new Promise((closed) => server.close(closed));
  });
});

describe('only formats of photographs, by content', () => {
  test.each([
    ['an SVG drawing', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['an SVG drawing', '\ufeff\n<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['a BMP picture', 'BM0000'],
    ['a HEIC picture', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
    ['a web page', '<!DOCTYPE html><title>Not found</title>'],
    ['a Git LFS pointer in place of the picture', 'version https://git-lfs.github.com/spec/v1\n'],
    ['a PDF file', '%PDF-1.7'],
  ])('%s named .jpg is said to be that', async (what, content) => {
    await writeFile(file('a.jpg'), content);
    expect(await refusal(file('a.jpg'))).toBe(`${what}, which is not read`);
  });

  test.each(['png', 'gif', 'webp', 'tiff', 'avif', 'jpeg'] as const)(
    '%s is read whatever its name',
    async (format) => {
      await sharp(fixture('source.jpg')).toFormat(format).toFile(file('a.dat'));
      await copyFile(file('a.dat'), file('a.bmp'));
      const { width, height } = await readPixels(file('a.bmp'));
      expect([width, height]).toEqual([250, 187]);
      expect(await diskPicturesWithin({}).isStoredUpright?.({ path: file('a.bmp') })).toBe(true);
    },
  );
});

describe('bounds', () => {
  test('a small file of very many pixels is refused before it is decoded', async () => {
    const rows = deflateSync(Buffer.alloc(16_000 * 2001), { level: 9 });
    await writeFile(file('bomb.png'), pngOf(16_000, 16_000, rows, { depth: 1, colour: 0 }));
    expect(await refusal(file('bomb.png'))).toBe(
      '256 megapixels, more than the 179 megapixels that maxPixels allows',
    );
  });

  test.each(['png', 'gif', 'webp', 'tiff', 'avif', 'jpeg'] as const)(
    'pixels of a %s are bounded by the option',
    async (format) => {
      const path = file(`a.${format}`);
      const size = { width: 1000, height: 700 };
      await sharp({ create: { ...size, channels: 3, background: '#123456' } })
        .toFormat(format)
        .toFile(path);
      expect(await refusal(path, { maxPixels: 400_000 })).toBe(
        '0.7 megapixels, more than the 0.4 megapixels that maxPixels allows',
      );
      expect((await readPixels(path, 0, { maxPixels: 700_000 })).width).toBe(1000);
    },
  );

  test.each(['png', 'gif', 'webp', 'jpeg'] as const)(
    'a %s that is too large is found before training, by its header',
    async (format) => {
      const path = file(`a.${format}`);
      await sharp({ create: { width: 100, height: 70, channels: 3, background: '#123456' } })
        .toFormat(format)
        .toFile(path);
      await sharp({ create: { width: 9, height: 9, channels: 3, background: '#123456' } }).toFile(
        file('small.png'),
      );
      const check = (maxPixels: number) =>
        checkPictures('test', [{ path }, { path: file('small.png') }], {
          skipCorrupt: false,
          maxPixels,
        });
      await expect(check(6999)).rejects.toThrow(
        `1 of 2 pictures cannot be read: ${path} (0.007 megapixels, more than the 0.007 megapixels that maxPixels allows)`,
      );
      expect((await check(7000)).readable).toHaveLength(2);
    },
  );

  test('large pictures are decoded a few at a time, and all of them', async () => {
    const size = { width: 4000, height: 4000 };
    await sharp({ create: { ...size, channels: 3, background: '#123456' } })
      .png()
      .toFile(file('large.png'));
    const all = Array.from({ length: 24 }, () => readPixels(file('large.png')));
    const { queue, process } = sharp.counters();
    expect(queue + process).toBe(8); // 128 of 384 million pixels
    const last = (await Promise.all(all)).map(({ data }) => [...data.subarray(-3)]);
    expect(last).toEqual(Array.from({ length: 24 }, () => [0x12, 0x34, 0x56]));
  });

  test('a picture that takes longer than it may is given up', async () => {
    // 1.35 GB of zeros, which take seconds whatever the machine; the deflated blocks repeat.
    const side = 13_000;
    const bytes = (8 * side + 1) * side;
    const block = Buffer.alloc(2 ** 24);
    const whole = deflateRawSync(block, { finishFlush: constants.Z_FULL_FLUSH });
    const blocks = new Array<Buffer>(Math.floor(bytes / block.length)).fill(whole);
    const last = deflateRawSync(Buffer.alloc(bytes % block.length));
    const checksum = Buffer.of(...[8, 0].map((shift) => ((bytes % 65_521) >> shift) & 255), 0, 1);
    const rows = Buffer.concat([Buffer.of(0x78, 0x9c), ...blocks, last, checksum]);
    await writeFile(file('slow.png'), pngOf(side, side, rows, { depth: 16, colour: 6 }));
    expect(await refusal(file('slow.png'), { maxSeconds: 1 })).toBe('decoding it takes too long');
  }, 60_000);
});

describe('gray of 16 bits', () => {
  const values = Uint16Array.of(0, 100, 255, 256, 40_000, 65_535);

  test('as Pillow: what is above 255 is white', async () => {
    await sharp(values, { raw: { width: 3, height: 2, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toFile(file('deep.png'));
    await writeFile(file('deep.tiff'), deepTiff(3, 2, values));
    for (const path of [file('deep.png'), file('deep.tiff')]) {
      expect((await sharp(path).metadata()).depth).toBe('ushort');
      const { data } = await readPixels(path);
      expect([...data].filter((_, i) => i % 3 === 0)).toEqual([0, 100, 255, 255, 255, 255]);
      expect(data).toHaveLength(18);
    }
  });

  test('a file that took its place is read as what it is', async () => {
    await sharp(Uint16Array.of(300, 300), { raw: { width: 2, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toFile(file('a.png'));
    expect([...(await readPixels(file('a.png'))).data.subarray(0, 3)]).toEqual([255, 255, 255]);
    await writeFile(file('a.png'), await readFile(fixture('alpha.png')));
    expect((await readPixels(file('a.png'))).width).toBe(250);
  });
});
