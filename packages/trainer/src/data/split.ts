import { randomStream, shuffle } from './random.ts';

/** The defaults of {@link splitOff}. */
export const SPLIT_DEFAULTS = { seed: 0, testShare: 0.2 } as const;

/**
 * Chooses test images at random from each class: its share, at least one, and at least one is left for
 * training. The same samples, seed and share always split the same way.
 *
 * @param samples of all classes
 * @param args.seed an integer in [0, 2³²). @default 0
 * @param args.testShare of each class, between 0 and 1. @default 0.2
 * @returns those that are for testing, by class
 */
export function splitOff<T extends { label: number }>(
  samples: readonly T[],
  args: { seed?: number; testShare?: number } = {},
): T[] {
  const { seed, testShare } = { ...SPLIT_DEFAULTS, ...args };
  const labels = [...new Set(samples.map(({ label }) => label))].sort((a, b) => a - b);
  return labels.flatMap((label) => {
    const own = samples.filter((sample) => sample.label === label);
    const count = Math.min(own.length - 1, Math.max(1, Math.round(testShare * own.length)));
    return shuffle(own, randomStream(seed, label)).slice(0, count);
  });
}
