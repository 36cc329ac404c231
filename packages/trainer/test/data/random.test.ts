import { randomStream, shuffle } from '../../src/data/random.ts';

const take = (count: number, next: () => number) => Array.from({ length: count }, next);
const at = (values: readonly number[], i: number) => values[i] as number;

describe('stream', () => {
  test('repeats itself for a key and differs between keys', () => {
    const first = take(8, randomStream(666, 3, 1, 17));
    expect(take(8, randomStream(666, 3, 1, 17))).toEqual(first);
    for (const key of [[667, 3, 1, 17], [666, 4, 1, 17], [666, 3, 0, 17], [666, 3, 1, 18], [666]]) {
      const other = take(8, randomStream(...key));
      expect(other.filter((value, i) => value === first[i])).toEqual([]);
    }
  });

  test('gives the same numbers on every machine', () => {
    expect(take(3, randomStream(666, 0)).map((u) => u * 2 ** 32)).toEqual([
      342445393, 1689287097, 2579600834,
    ]);
  });

  test('is uniform over [0, 1), within a key and across keys', () => {
    const within = take(20000, randomStream(1));
    const across = Array.from({ length: 20000 }, (_, id) => randomStream(1, 2, id)());
    for (const values of [within, across]) {
      const bins = new Array<number>(10).fill(0);
      for (const value of values)
        bins[Math.floor(value * 10)] = at(bins, Math.floor(value * 10)) + 1;
      // χ² with 9 degrees of freedom exceeds 27.9 once in a thousand times
      const chiSquare = bins.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0);
      expect(chiSquare).toBeLessThan(27.9);
      const products = values.slice(1).map((value, i) => (value - 0.5) * (at(values, i) - 0.5));
      const correlation = products.reduce((a, b) => a + b, 0) / products.length / (1 / 12);
      expect(Math.abs(correlation)).toBeLessThan(0.025);
    }
  });
});

describe('shuffle', () => {
  test('is a permutation that leaves its input alone', () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    const shuffled = shuffle(items, randomStream(5));
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
    expect(items[0]).toBe(0);
  });

  test('brings every item to every place equally often', () => {
    const counts = new Array<number>(16).fill(0); // [place,item]
    for (let seed = 0; seed < 4000; seed++) {
      shuffle([0, 1, 2, 3], randomStream(seed)).forEach((item, place) => {
        counts[4 * place + item] = at(counts, 4 * place + item) + 1;
      });
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120); // 4.4 σ
  });
});
