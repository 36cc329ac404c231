import { bytes, count, duration, percent, significant } from '../src/format.ts';

describe('format', () => {
  test.each([
    [percent(0.8567), '85.7%'],
    [percent(1, 0), '100%'],
    [percent(Number.NaN), '–'],
    [significant(1.23456), '1.23'],
    [significant(0.0123456), '0.0123'],
    [significant(2.54e-7), '2.54e-7'],
    [significant(1.23e-6), '1.23e-6'],
    [significant(2e7), '2e7'],
    [significant(12345.6), '12346'],
    [significant(0), '0'],
    [significant(Number.POSITIVE_INFINITY), '–'],
    [duration(45.2), '45 s'],
    [duration(127), '2 min 7 s'],
    [duration(7380), '2 h 3 min'],
    [duration(3600), '1 h'],
    [duration(270_000), '3 d 3 h'],
    [duration(0.2), '0 s'],
    [bytes(1.126e9), '1.13 GB'],
    [bytes(999), '999 B'],
    [bytes(0), '0 B'],
    [count(11_788), '11,788'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});
