import sharp from 'sharp';
import { inspectBlob } from '../../src/web/inspect-blob.ts';

/** A browser that shows as much of a picture as there is. */
beforeEach(() => {
  globalThis.createImageBitmap = (async () => ({ close: () => {} })) as never;
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'createImageBitmap');
});

const noise = {
  create: {
    width: 64,
    height: 48,
    channels: 3,
    background: '#000',
    noise: { type: 'gaussian', mean: 128, sigma: 40 },
  },
} as const;
const formats = {
  JPEG: () => sharp(noise).jpeg(),
  'progressive JPEG': () => sharp(noise).jpeg({ progressive: true }),
  PNG: () => sharp(noise).png(),
  WebP: () => sharp(noise).webp(),
  'lossless WebP': () => sharp(noise).webp({ lossless: true }),
};
const faultOf = async (bytes: Uint8Array<ArrayBuffer>) =>
  (await inspectBlob(new Blob([bytes]))).fault;

describe.each(Object.entries(formats))('%s', (_, make) => {
  const bytes = async () => Uint8Array.from(await make().toBuffer());

  test('whole', async () => {
    expect(await faultOf(await bytes())).toBeUndefined();
  });

  test('with something after its end', async () => {
    expect(await faultOf(Uint8Array.from([...(await bytes()), 1, 2, 3]))).toBeUndefined();
  });

  test('cut off anywhere', async () => {
    const whole = await bytes();
    const cuts = Array.from(
      { length: 40 },
      (_, i) => 65 + Math.floor(((whole.length - 66) * i) / 39),
    );
    for (const cut of cuts) {
      expect([cut, await faultOf(whole.slice(0, cut))]).toEqual([cut, 'truncated']);
    }
  });
});

test('the end of a preview is not that of the picture', async () => {
  const preview = await sharp(noise).resize(8).jpeg().toBuffer();
  const whole = await sharp(noise).jpeg().toBuffer();
  const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), preview]);
  exif.writeUInt16BE(2 + preview.length, 2);
  const both = Buffer.concat([whole.subarray(0, 2), exif, whole.subarray(2)]);
  expect(await faultOf(Uint8Array.from(both))).toBeUndefined();
  expect(await faultOf(Uint8Array.from(both.subarray(0, -9)))).toBe('truncated');
});

test.each([
  ['PNG', writeSizeOfPng],
  ['JPEG', writeSizeOfJpeg],
] as const)('a %s that would fill the memory', async (name, enlarge) => {
  const bytes = await formats[name]().toBuffer();
  enlarge(bytes);
  expect(await faultOf(Uint8Array.from(bytes))).toBe(
    '300 megapixels, more than the 179 megapixels allowed',
  );
});

function writeSizeOfPng(bytes: Buffer): void {
  bytes.writeUInt32BE(60_000, 16);
  bytes.writeUInt32BE(5000, 20);
}

function writeSizeOfJpeg(bytes: Buffer): void {
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(5000, frame + 5);
  bytes.writeUInt16BE(60_000, frame + 7);
}
