/**
 * Counter-based random numbers: a stream is a pure function of its key, so that any draw can be
 * repeated without the draws before it, in any order and on any thread.
 *
 * The key is folded with the 32-bit finaliser of MurmurHash3; number i of the stream is the hash of
 * (key, i), divided by 2³².
 *
 * @param key integers that name the stream, for example (seed, epoch, sample id)
 * @returns a function whose calls give the stream's numbers in [0, 1)
 */
export function randomStream(...key: readonly number[]): () => number {
  const state = key.reduce(fold, key.length);
  let i = 0;
  return () => (fold(state, i++) >>> 0) / 2 ** 32;
}

/**
 * Copies a list in random order (Fisher–Yates).
 *
 * @param next gives numbers in [0, 1), as {@link randomStream} does; is called once per swap
 */
export function shuffle<T>(items: readonly T[], next: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

function fold(state: number, word: number): number {
  let h = (state ^ Math.imul(word, 0xcc9e2d51)) + 0x9e3779b9;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
