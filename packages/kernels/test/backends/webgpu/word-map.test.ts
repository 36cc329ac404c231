import { WordMap } from '../../../src/backends/webgpu/runtime/word-map.ts';

const words = (...values: number[]) => new Int32Array(values);

describe('a map from words', () => {
  test('finds what was added by the same words, and nothing else', () => {
    const map = new WordMap<string>();
    map.add(words(1, 2), 'a');
    map.add(words(2, 1), 'b');
    map.add(words(), 'c');
    expect(map.get(words(1, 2))).toBe('a');
    expect(map.get(words(2, 1))).toBe('b');
    expect(map.get(words())).toBe('c');
    for (const other of [words(1), words(1, 2, 0), words(0, 1, 2), words(0)]) {
      expect(map.get(other)).toBeUndefined();
    }
  });

  test('copies the words', () => {
    const map = new WordMap<number>();
    const given = words(5);
    map.add(given, 1);
    given[0] = 6;
    expect(map.get(words(5))).toBe(1);
    expect(map.get(given)).toBeUndefined();
  });

  test('tells words apart that have the same hash', () => {
    // So many that by chance about ten pairs share a hash of 32 bits.
    const map = new WordMap<number>();
    const count = 3e5;
    const key = (i: number) => words(i, -i, i * i);
    for (let i = 0; i < count; i++) map.add(key(i), i);
    let wrong = 0;
    for (let i = 0; i < count; i++) if (map.get(key(i)) !== i) wrong++;
    expect(wrong).toBe(0);
  });

  test('removes what a condition names', () => {
    const map = new WordMap<number>();
    for (let i = 0; i < 100; i++) map.add(words(i), i);
    map.removeIf((value) => value % 3 === 0);
    for (let i = 0; i < 100; i++) {
      expect(map.get(words(i))).toBe(i % 3 === 0 ? undefined : i);
    }
  });
});
