import { UserError } from '@fbsd/trainer';
import type { Given } from '../settings/command-line.ts';
import { FLAGS, readValue } from '../settings/flags.ts';
import { DEFAULTS } from '../settings/settings.ts';
import { type ValueKind, wholeNumber } from '../settings/values.ts';

/** The meaning of --seeds, for help texts. */
export const SEEDS_HELP = {
  'seeds N|LIST': `how many seeds, from --seed on, or which: 5, or 1,2,3 (default 1)`,
};

const COUNT = wholeNumber(1, 1000);

const SEEDS: ValueKind<number[]> = {
  metavar: 'N|LIST',
  expected: 'a whole number from 1 to 1000, or seeds with commas between them',
  read: (text) => {
    const seeds = text.split(',').map((part) => FLAGS['seed']?.value.read(part) as number);
    const different = new Set(seeds).size === seeds.length;
    return seeds.every((seed) => seed !== undefined) && different ? seeds : undefined;
  },
};

/**
 * The seeds of an ablation: a number of them that count up from --seed, a list, or --seed alone.
 *
 * @throws UserError for what is neither, and for a list beside --seed
 */
export function readSeeds({ seed, seeds }: Given): number[] {
  const first = typeof seed === 'string' ? seedOf(seed) : DEFAULTS.seed;
  if (typeof seeds !== 'string') return [first];
  const count = COUNT.read(seeds);
  if (count !== undefined) return Array.from({ length: count }, (_, i) => seedOf(`${first + i}`));
  if (seed !== undefined) {
    throw new UserError(
      '[fbsd] ablate: --seeds with a list names all seeds: leave out --seed, or give --seeds a number.',
    );
  }
  return readValue('seeds', SEEDS, seeds);
}

function seedOf(text: string): number {
  return readValue('seed', FLAGS['seed']?.value as ValueKind<number>, text);
}
