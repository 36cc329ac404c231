import { readFileSync } from 'node:fs';
import { randomErasing } from '../../src/data/augment/random-erasing.ts';
import { OPERATIONS, trivialAugment } from '../../src/data/augment/trivial-augment.ts';
import { randomStream } from '../../src/data/random.ts';

/** What Pillow 12.3 makes of the picture by the operations of torchvision's `TrivialAugmentWide`. */
interface Golden {
  side: number;
  cases: { operation: string; bin: number; opposite: boolean; rgb: string }[];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL('../goldens/trivial_augment.json', import.meta.url), 'utf8'),
);
const { side, cases } = golden;
const picture = Uint8Array.from(
  { length: side * side * 3 },
  (_, i) => 20 + ((i * i * 7 + i * 13 + Math.floor(i / 63) * 9) % 201),
);

describe('TrivialAugment', () => {
  test.each(cases)(
    '$operation, strength $bin of 30, opposite: $opposite: as Pillow, byte for byte',
    (one) => {
      const { apply, strength } = OPERATIONS[one.operation] as (typeof OPERATIONS)[string];
      const own = strength(one.bin);
      const before = picture.slice();
      const changed = apply(picture, one.opposite ? -own : own, side);
      expect([...changed]).toEqual([...Buffer.from(one.rgb, 'base64')]);
      expect(picture).toEqual(before);
    },
  );

  test('equalize and autoContrast leave a picture of one colour as it is', () => {
    const plain = new Uint8Array(12).fill(77);
    for (const name of ['equalize', 'autoContrast']) {
      expect(OPERATIONS[name]?.apply(plain, 0, 2)).toEqual(plain);
    }
  });

  test('does each operation as often, in both directions, at every strength', () => {
    const names = Object.keys(OPERATIONS);
    expect(names).toHaveLength(14);
    const [operation, bin, direction] = [3, 30, 0];
    const numbers = [(operation + 0.5) / 14, (bin + 0.5) / 31, direction];
    const shifted = trivialAugment(picture, side, () => numbers.shift() as number);
    const expected = OPERATIONS['translateX']?.apply(picture, -32, side);
    expect(shifted).toEqual(expected);
    // An operation without a direction does not care.
    const solarized = [(11 + 0.5) / 14, 0.99, 0];
    expect(trivialAugment(picture, side, () => solarized.shift() as number)).toEqual(
      OPERATIONS['solarize']?.apply(picture, 0, side),
    );
  });

  test('depends on the stream of numbers alone', () => {
    const draw = (...key: number[]) => trivialAugment(picture, side, randomStream(...key));
    expect(draw(1, 2)).toEqual(draw(1, 2));
    const different = new Set(Array.from({ length: 40 }, (_, i) => draw(i).join()));
    expect(different.size).toBeGreaterThan(25);
  });
});

describe('random erasing', () => {
  const SIDE = 40;
  /** The rectangle that was erased of the second of three pictures. */
  function erased(seed: number, probability: number) {
    const size = SIDE * SIDE * 3;
    const images = new Float32Array(3 * size).fill(1);
    randomErasing(images, size, SIDE, probability, randomStream(seed));
    const zeros = [...images.keys()].filter((i) => images[i] === 0);
    if (zeros.length === 0) return null;
    expect(zeros.every((i) => i >= size && i < 2 * size)).toBe(true);
    const xs = zeros.map((i) => Math.floor((i - size) / 3) % SIDE);
    const ys = zeros.map((i) => Math.floor((i - size) / 3 / SIDE));
    const [width, height] = [xs, ys].map((at) => Math.max(...at) - Math.min(...at) + 1) as [
      number,
      number,
    ];
    expect(zeros).toHaveLength(width * height * 3); // a whole rectangle, all channels
    return { width, height, left: Math.min(...xs), top: Math.min(...ys) };
  }

  test('erases one rectangle of 2 to 33% of the area, 0.3 to 3.3 times as high as wide, anywhere', () => {
    const all = Array.from({ length: 300 }, (_, seed) => erased(seed, 1)).filter(
      (one) => one !== null,
    );
    expect(all.length).toBeGreaterThan(295);
    const shares = all.map(({ width, height }) => (width * height) / SIDE ** 2);
    const near = (values: number[], least: number, most: number) => {
      expect(Math.min(...values)).toBeGreaterThan(least * 0.85); // sides are whole pixels
      expect(Math.min(...values)).toBeLessThan(least * 1.3);
      expect(Math.max(...values)).toBeLessThan(most * 1.15);
      expect(Math.max(...values)).toBeGreaterThan(most * 0.85);
    };
    near(shares, 0.02, 0.33);
    near(
      all.map(({ width, height }) => height / width),
      0.3,
      3.3,
    );
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    expect(mean(shares)).toBeCloseTo(0.175, 1);
    expect(Math.min(...all.map(({ left }) => left))).toBe(0);
    expect(Math.max(...all.map(({ top, height }) => top + height))).toBe(SIDE);
  });

  test('happens with its probability, and with 0 never', () => {
    const times = (probability: number) =>
      Array.from({ length: 400 }, (_, seed) => erased(seed, probability)).filter(Boolean).length;
    expect(times(0)).toBe(0);
    expect(Math.abs(times(0.25) / 400 - 0.25)).toBeLessThan(0.06);
  });
});
