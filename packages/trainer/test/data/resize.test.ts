import { randomStream } from '../../src/data/random.ts';
import { withPictureModule } from '../../src/resize/picture-module.ts';
import { type Pixels, resizeToBytes } from '../../src/resize/resize.ts';
import { decodeFixture } from '../support/decode.ts';
import { plainResize } from '../support/plain-resize.ts';

function whole(picture: Pixels, size: number): Uint8Array {
  const window = { left: 0, top: 0, width: size, height: size };
  return resizeToBytes(picture, size, { window, flip: false, side: size, left: 0, top: 0 });
}

/** A picture of one row and three equal channels. */
function row(...values: number[]): Pixels {
  const data = Uint8Array.from(values.flatMap((value) => [value, value, value]));
  return { data, width: values.length, height: 1 };
}

const red = (bytes: Uint8Array) => [...bytes].filter((_, i) => i % 3 === 0);

describe('resizeToBytes', () => {
  test.each([
    ['shrinks, not keeping proportions', 'source.jpg', 'resize_150x150.png'],
    ['enlarges', 'eval_resize150_centercrop112.png', 'enlarge112_138x138.png'],
  ])('%s to the very bytes of Pillow', async (_, source, reference) => {
    const expected = await decodeFixture(reference);
    const actual = whole(await decodeFixture(source), expected.width);
    expect(Buffer.compare(actual, expected.data)).toBe(0);
  });

  test('every window of every size, mirrored or not, is that of plain loops, to the byte', () => {
    const next = randomStream(7);
    const upTo = (most: number) => 1 + Math.floor(next() * most);
    for (let i = 0; i < 300; i++) {
      const [width, height] = [upTo(70), upTo(70)];
      const data = Uint8Array.from({ length: width * height * 3 }, () => 256 * next());
      const size = i % 5 === 0 ? width : upTo(90); // of the same size, too
      const picture = { data, width, height: i % 5 === 0 ? width : height };
      picture.data = data.subarray(0, width * picture.height * 3);
      if (picture.data.length < width * picture.height * 3) continue;
      const window = { left: 0, top: 0, width: upTo(size), height: upTo(size) };
      window.left = Math.floor(next() * (size - window.width + 1));
      window.top = Math.floor(next() * (size - window.height + 1));
      const side = Math.max(window.width, window.height) + Math.floor(next() * 3);
      const left = Math.floor(next() * (side - window.width + 1));
      const top = Math.floor(next() * (side - window.height + 1));
      const flip = next() < 0.5;
      const expected = new Uint8Array(side * side * 3);
      const inside = plainResize(picture, size, window);
      for (let at = 0; at < inside.length; at++) {
        const pixel = Math.floor(at / 3);
        const [y, x] = [top + Math.floor(pixel / window.width), left + (pixel % window.width)];
        expected[(y * side + (flip ? side - 1 - x : x)) * 3 + (at % 3)] = inside[at] as number;
      }
      const actual = resizeToBytes(picture, size, { window, flip, side, left, top });
      expect({ i, same: Buffer.compare(actual, expected) === 0 }).toEqual({ i, same: true });
    }
  });

  test('the module says how precise its weights are and how far it reaches behind its areas', () => {
    withPictureModule((module) => {
      expect(module.fractionBits).toBe(22); // what plain loops and Pillow compute with
      const [first, second] = module.areas(1, 1);
      expect(second - first).toBeGreaterThanOrEqual(1 + 16); // a vector that begins at the last byte
    });
  });

  test('a picture of 64 MB does not keep its memory', () => {
    const huge = { data: new Uint8Array(5000 * 5000 * 3).fill(9), width: 5000, height: 5000 };
    expect(new Set(whole(huge, 8))).toEqual(new Set([9]));
    expect(withPictureModule((module) => module.tooLarge)).toBe(false);
  });

  test('computes the values of the triangle filter', () => {
    // Twice as large: centres at ¼ and ¾ between pixels, clamped at the edges.
    expect(red(whole(row(0, 100), 4)).slice(0, 4)).toEqual([0, 25, 75, 100]);
    // Half as large: pixels at ±½ and ±1½ of the centre weigh 3, 1 of 8; at the edge 1, 3, 3 of 7 …
    expect(red(whole(row(70, 0, 0, 0), 2)).slice(0, 2)).toEqual([30, 0]);
    expect(red(whole(row(0, 0, 70, 0), 2)).slice(0, 2)).toEqual([10, 30]);
  });

  test('leaves a picture of the wanted size as it is, and widens a single pixel', async () => {
    const picture = await decodeFixture('resize_150x150.png');
    expect(Buffer.compare(whole(picture, 150), picture.data)).toBe(0);
    const pixel = { data: Uint8Array.of(1, 200, 255), width: 1, height: 1 };
    expect([...whole(pixel, 3)]).toEqual(Array.from({ length: 9 }, () => [1, 200, 255]).flat());
  });
});
