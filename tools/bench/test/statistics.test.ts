import { median, ratios, spread } from '../statistics.js';

describe('statistics', () => {
  test('median of an odd and of an even number of values, in any order', () => {
    expect(median([10, 2, 9])).toBe(9);
    expect(median([10, 2, 9, 4])).toBe(6.5);
    expect(median([7])).toBe(7);
  });

  test('spread, without touching the values', () => {
    const values = [3, 1, 20];
    expect(spread(values)).toEqual({ median: 3, min: 1, max: 20 });
    expect(values).toEqual([3, 1, 20]);
  });

  test('ratios round by round: a slow moment of the machine cancels out', () => {
    expect(ratios([2, 20, 2], [4, 40, 4])).toEqual([0.5, 0.5, 0.5]);
  });
});
