import { randomStream } from '../../src/data/random.ts';
import {
  centreCrop,
  cropBytes,
  cropNormalised,
  geometry,
  normalise,
  pointInCrop,
  randomCrop,
} from '../../src/data/transform.ts';
import type { Pixels } from '../../src/resize/resize.ts';
import { decodeFixture } from '../support/decode.ts';

/** A picture of 3×3 whose red values are 1 … 9, row by row. */
const numbered: Pixels = {
  data: Uint8Array.from({ length: 27 }, (_, i) => (i % 3 === 0 ? i / 3 + 1 : 0)),
  width: 3,
  height: 3,
};
const red = (bytes: Uint8Array) => [...bytes].filter((_, i) => i % 3 === 0);

describe('geometry', () => {
  test.each([
    [448, 550, 8],
    [224, 275, 4],
    [96, 118, 2],
    [64, 79, 1],
  ])('of %i is a resize to %i and a padding of %i', (imageSize, resizeSize, padding) => {
    expect(geometry({ imageSize })).toEqual({ imageSize, resizeSize, padding });
  });

  test('takes other sizes', () => {
    const sizes = { imageSize: 96, resizeSize: 96, padding: 0 };
    expect(geometry(sizes)).toEqual(sizes);
  });

  test.each([
    [{ imageSize: 0 }, 'imageSize must be an integer of at least 1; got 0'],
    [{ imageSize: 96.5 }, 'imageSize must be an integer of at least 1; got 96.5'],
    [{ imageSize: 96, resizeSize: 95 }, 'resizeSize must be an integer of at least 96; got 95'],
    [{ imageSize: 96, padding: -1 }, 'padding must be an integer from 0 to 95; got -1'],
    [{ imageSize: 96, padding: 96 }, 'padding must be an integer from 0 to 95; got 96'],
    [{ imageSize: Number.NaN }, 'imageSize must be an integer of at least 1; got NaN'],
  ])('refuses %j', (options, message) => {
    expect(() => geometry(options)).toThrow(new RangeError(`[@fbsd/trainer] ${message}.`));
  });
});

describe('centreCrop', () => {
  test.each([
    [550, 448, 51],
    [150, 112, 19],
    [79, 64, 8], // 7.5
    [77, 64, 6], // 6.5: to the even neighbour, as the published training
    [96, 96, 0],
  ])('of %i to %i leaves a margin of %i', (resizeSize, imageSize, margin) => {
    const crop = centreCrop({ resizeSize, imageSize, padding: 0 });
    expect(crop).toEqual({ left: margin, top: margin, flip: false });
  });
});

describe('randomCrop', () => {
  test('reaches every position within the padding, and flips half of the time', () => {
    const sizes = { imageSize: 8, resizeSize: 10, padding: 1 }; // 5 positions from −1 to 3
    const next = randomStream(1);
    const counts = new Map<string, number>();
    for (let i = 0; i < 5000; i++) {
      const { left, top, flip } = randomCrop(sizes, next, 0.5);
      const key = `${left} ${top} ${flip}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const positions = [-1, 0, 1, 2, 3];
    const expected = positions.flatMap((left) =>
      positions.flatMap((top) => [`${left} ${top} false`, `${left} ${top} true`]),
    );
    expect([...counts.keys()].sort()).toEqual(expected.sort());
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(45); // 4.5 σ
  });
});

describe('cropBytes', () => {
  const sizes = { imageSize: 3, resizeSize: 3, padding: 2 };

  test.each([
    [{ left: 0, top: 0, flip: false }, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [{ left: 0, top: 0, flip: true }, [3, 2, 1, 6, 5, 4, 9, 8, 7]],
    [{ left: -2, top: -1, flip: false }, [0, 0, 0, 0, 0, 1, 0, 0, 4]],
    [{ left: -2, top: -1, flip: true }, [0, 0, 0, 1, 0, 0, 4, 0, 0]],
    [{ left: 1, top: 2, flip: false }, [8, 9, 0, 0, 0, 0, 0, 0, 0]],
    [{ left: 1, top: 2, flip: true }, [0, 9, 8, 0, 0, 0, 0, 0, 0]],
  ])('%j', (crop, expected) => {
    expect(red(cropBytes(numbered, sizes, crop))).toEqual(expected);
  });

  test('of evaluation equals resize and centre crop in Pillow, to the byte', async () => {
    const source = await decodeFixture('source.jpg');
    const expected = await decodeFixture('eval_resize150_centercrop112.png');
    const sizes = geometry({ imageSize: 112, resizeSize: 150 });
    const actual = cropBytes(source, sizes, centreCrop(sizes));
    expect(Buffer.compare(actual, expected.data)).toBe(0);
  });
});

describe('pointInCrop', () => {
  const crop = { left: 10, top: 10, flip: false };
  const sizes = { imageSize: 80, resizeSize: 100, padding: 0 };

  test.each([
    // 200 × 400 becomes 100 × 100: halves across, quarters down.
    ['shrunk', { x: 60, y: 200 }, { width: 200, height: 400 }, { x: 20 / 80, y: 40 / 80 }],
    // 50 × 25 becomes 100 × 100: twice across, four times down.
    ['enlarged', { x: 30, y: 7.5 }, { width: 50, height: 25 }, { x: 50 / 80, y: 20 / 80 }],
    ['at the corners of the crop', { x: 10, y: 90 }, { width: 100, height: 100 }, { x: 0, y: 1 }],
    ['outside', { x: 0, y: 100 }, { width: 100, height: 100 }, { x: -10 / 80, y: 90 / 80 }],
    // Of 120 rows 20 were cut off: row 60 of 100 is row 60 of the resized picture, not row 50.
    ['cut', { x: 50, y: 60 }, { width: 100, height: 120 - 20 }, { x: 40 / 80, y: 50 / 80 }],
  ])('%s', (_, point, picture, expected) => {
    const { x, y } = pointInCrop(point, picture, sizes, crop);
    expect([x, y]).toEqual([expect.closeTo(expected.x, 12), expect.closeTo(expected.y, 12)]);
  });

  test('mirrors with the crop', () => {
    const size = { width: 100, height: 100 };
    const flipped = pointInCrop({ x: 30, y: 40 }, size, sizes, { ...crop, flip: true });
    expect(flipped).toEqual({ x: 1 - 20 / 80, y: 30 / 80 });
  });

  test.each([
    [
      { width: 120, height: 40 },
      { x: 48, y: 20 },
    ],
    [
      { width: 20, height: 31 },
      { x: 7, y: 18 },
    ],
  ])('is where cropBytes puts a pixel of %j', (size, pixel) => {
    const { width, height } = size;
    const data = new Uint8Array(width * height * 3);
    data[(pixel.y * width + pixel.x) * 3] = 255;
    const next = randomStream(5);
    for (let i = 0; i < 20; i++) {
      const geometry = { imageSize: 64, resizeSize: 66, padding: 2 };
      const crop = randomCrop(geometry, next, 0.5);
      const bytes = red(cropBytes({ data, width, height }, geometry, crop));
      const total = bytes.reduce((sum, value) => sum + value, 0);
      const mean = (of: (at: number) => number) =>
        bytes.reduce((sum, value, at) => sum + value * (of(at) + 0.5), 0) / total / 64;
      const middle = { x: pixel.x + 0.5, y: pixel.y + 0.5 };
      const { x, y } = pointInCrop(middle, size, geometry, crop);
      expect(Math.abs(x - mean((at) => at % 64))).toBeLessThan(0.2 / 64);
      expect(Math.abs(y - mean((at) => Math.floor(at / 64)))).toBeLessThan(0.2 / 64);
    }
  });
});

describe('cropNormalised', () => {
  test('is normalise of cropBytes, from a position on', () => {
    const next = randomStream(3);
    const data = Uint8Array.from({ length: 90 * 70 * 3 }, () => 256 * next());
    const picture = { data, width: 90, height: 70 };
    for (const imageSize of [3, 37, 64]) {
      const sizes = geometry({ imageSize, resizeSize: 64, padding: 2 });
      const crop = randomCrop(sizes, next, 0.5);
      const bytes = cropBytes(picture, sizes, crop);
      const expected = new Float32Array(bytes.length + 9).fill(7);
      normalise(bytes, expected, 4);
      const actual = new Float32Array(bytes.length + 9).fill(7);
      cropNormalised(picture, sizes, crop, actual, 4);
      expect(actual).toEqual(expected);
    }
  });
});

describe('normalise', () => {
  test('brings bytes to [−1, 1], rounded to float32 at every step, from a position on', () => {
    const { fround } = Math;
    const expected = Array.from({ length: 256 }, (_, byte) =>
      fround(fround(fround(byte / 255) - 0.5) / 0.5),
    );
    const target = new Float32Array(260).fill(7);
    normalise(
      Uint8Array.from(expected, (_, byte) => byte),
      target,
      2,
    );
    expect([...target]).toEqual([7, 7, ...expected, 7, 7]);
    expect([expected[0], expected[255]]).toEqual([-1, 1]);
  });
});
