import { randomStream } from '@fbsd/trainer/data';

/** Random choices of one picture. */
export interface Dice {
  /** A number in [from, to). */
  range(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** The choices that belong to a key: the same ones for the same integers, whatever was drawn before. */
export function dice(...key: readonly number[]): Dice {
  const next = randomStream(...key);
  return {
    range: (from, to) => from + (to - from) * next(),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(items.length * next())] ?? items[0],
  };
}
