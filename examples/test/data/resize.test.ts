import { fileURLToPath } from 'node:url';
import { readPixels } from '../../src/data/pictures.ts';
import { type Pixels, resizeWindow } from '../../src/data/resize.ts';

const fixture = (name: string) =>
  readPixels(fileURLToPath(new URL(`../fixtures/images/${name}`, import.meta.url)));

function whole(picture: Pixels, size: number): Uint8Array {
  return resizeWindow(picture, size, { left: 0, top: 0, width: size, height: size });
}

/** A picture of one row and three equal channels. */
function row(...values: number[]): Pixels {
  const data = Uint8Array.from(values.flatMap((value) => [value, value, value]));
  return { data, width: values.length, height: 1 };
}

const red = (bytes: Uint8Array) => [...bytes].filter((_, i) => i % 3 === 0);

describe('resizeWindow', () => {
  test.each([
    ['shrinks, not keeping proportions', 'source.jpg', 'resize_150x150.png'],
    ['enlarges', 'eval_resize150_centercrop112.png', 'enlarge112_138x138.png'],
  ])('%s to the very bytes of Pillow', async (_, source, reference) => {
    const expected = await fixture(reference);
    const actual = whole(await fixture(source), expected.width);
    expect(Buffer.compare(actual, expected.data)).toBe(0);
  });

  test('a window is cut from the same result', async () => {
    const picture = await fixture('source.jpg');
    const size = 150;
    const all = whole(picture, size);
    const window = { left: 140, top: 3, width: 10, height: 147 };
    const part = resizeWindow(picture, size, window);
    expect(part).toHaveLength(window.width * window.height * 3);
    for (let y = 0; y < window.height; y++) {
      const from = ((y + window.top) * size + window.left) * 3;
      const length = window.width * 3;
      expect([...part.subarray(y * length, (y + 1) * length)]).toEqual([
        ...all.subarray(from, from + length),
      ]);
    }
  });

  test('computes the values of the triangle filter', () => {
    // Twice as large: centres at ¼ and ¾ between pixels, clamped at the edges.
    expect(red(whole(row(0, 100), 4)).slice(0, 4)).toEqual([0, 25, 75, 100]);
    // Half as large: pixels at ±½ and ±1½ of the centre weigh 3, 1 of 8; at the edge 1, 3, 3 of 7 …
    expect(red(whole(row(70, 0, 0, 0), 2)).slice(0, 2)).toEqual([30, 0]);
    expect(red(whole(row(0, 0, 70, 0), 2)).slice(0, 2)).toEqual([10, 30]);
  });

  test('leaves a picture of the wanted size as it is, and widens a single pixel', async () => {
    const picture = await fixture('resize_150x150.png');
    expect(Buffer.compare(whole(picture, 150), picture.data)).toBe(0);
    const pixel = { data: Uint8Array.of(1, 200, 255), width: 1, height: 1 };
    expect([...whole(pixel, 3)]).toEqual(Array.from({ length: 9 }, () => [1, 200, 255]).flat());
  });
});
