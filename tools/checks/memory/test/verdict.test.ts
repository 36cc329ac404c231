import { verdict } from '../verdict.js';

const flat = Array.from({ length: 20 }, () => ({ tensors: 300, bytes: 5000, resident: 400e6 }));

describe('verdict', () => {
  test('flat memory', () => {
    expect(verdict(flat)).toBeNull();
  });
  test('growth in the first quarter, and ups and downs, are flat', () => {
    const samples = flat.map((sample, i) => ({
      ...sample,
      resident: i < 5 ? 100e6 * i : 400e6 + 10e6 * (i % 3),
    }));
    expect(verdict(samples)).toBeNull();
  });
  test('one more tensor is not', () => {
    const samples = flat.map((sample, i) => ({ ...sample, tensors: i < 19 ? 300 : 301 }));
    expect(verdict(samples)).toMatch('300 tensors (5000 bytes) became 301');
  });
  test('nor are more bytes in as many tensors', () => {
    const samples = flat.map((sample, i) => ({ ...sample, bytes: 5000 + i }));
    expect(verdict(samples)).toMatch('Not flat');
  });
  test('nor is a process that grows', () => {
    const samples = flat.map((sample, i) => ({ ...sample, resident: 400e6 + 10e6 * i }));
    expect(verdict(samples)).toBe('Not flat: the process grew from 467 to 563 MB.');
  });
});
