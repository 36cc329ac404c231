import { type ComparedRun, compareRuns } from '@fbsd/trainer';
import { estimate } from '../../src/compare/estimate.ts';
import { studentQuantile } from '../../src/compare/student.ts';

describe('studentQuantile', () => {
  // scipy.stats.t.ppf(0.975, n)
  test.each([
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3, 3.1824463052837078],
    [4, 2.7764451051977934],
    [5, 2.570581835636314],
    [9, 2.262157162798205],
    [24, 2.0638985616280245],
    [99, 1.9842169515864174],
    [1000, 1.9623390808264083],
  ])('is that of SciPy for 95%% and %i degrees of freedom', (degrees, expected) => {
    expect(studentQuantile(0.95, degrees)).toBeCloseTo(expected, 10);
  });

  test('is that of SciPy for other coverages', () => {
    expect(studentQuantile(0.99, 4)).toBeCloseTo(4.604094871349992, 10); // t.ppf(0.995, 4)
    expect(studentQuantile(0.5, 1)).toBeCloseTo(1, 9); // of Cauchy's distribution
  });
});

describe('estimate', () => {
  test('mean, sample deviation and t-interval', () => {
    // numpy: mean 5, std(ddof=1) 2.138089935299395; scipy.stats.t.interval(0.95, 7, 5, sem)
    const { count, mean, deviation, interval } = estimate([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([count, mean]).toEqual([8, 5]);
    expect(deviation).toBeCloseTo(2.138089935299395, 12);
    const half = (2.364624251592784 * 2.138089935299395) / Math.sqrt(8);
    expect(interval?.[0]).toBeCloseTo(5 - half, 10);
    expect(interval?.[1]).toBeCloseTo(5 + half, 10);
  });

  test('a single value has neither deviation nor interval', () => {
    expect(estimate([0.5])).toEqual({ count: 1, mean: 0.5, deviation: null, interval: null });
  });
});

describe('compareRuns', () => {
  const run = (variant: string, seed: number, accuracy: number): ComparedRun => ({
    ...{ variant, seed, accuracy },
    heads: [
      { name: 'level 1', accuracy: accuracy - 0.25 },
      { name: 'concat', accuracy },
    ],
  });
  const plain = [run('plain', 1, 0.5), run('plain', 2, 0.75), run('plain', 3, 0.625)];
  const better = [run('better', 3, 0.75), run('better', 1, 0.625), run('better', 9, 1)];

  test('gives each variant over its seeds, head by head', () => {
    const [first, second] = compareRuns([...plain, ...better]);
    expect(first).toMatchObject({ variant: 'plain', combined: { count: 3, mean: 0.625 } });
    expect(first?.combined.deviation).toBeCloseTo(0.125, 12);
    expect(first?.heads.map(({ name, mean }) => [name, mean])).toEqual([
      ['level 1', 0.375],
      ['concat', 0.625],
    ]);
    expect(second?.differences).toEqual([]);
  });

  test('pairs runs of the same seed, and only those', () => {
    const [first, second] = compareRuns([...plain, ...better], ['plain']);
    expect(first?.differences).toEqual([]);
    expect(second?.differences).toEqual([
      {
        against: 'plain',
        count: 2,
        mean: 0.125,
        deviation: 0,
        interval: [0.125, 0.125],
        values: [
          { seed: 3, value: 0.125 },
          { seed: 1, value: 0.125 },
        ],
      },
    ]);
  });

  test('has no difference where no seed is the same', () => {
    const [, other] = compareRuns([run('a', 1, 0.5), run('b', 2, 0.5)], ['a', 'c']);
    expect(other?.differences).toEqual([]);
  });
});
