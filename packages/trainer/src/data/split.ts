import type { Sample } from './dataset.ts';
import { randomStream, shuffle } from './random.ts';

/** How {@link splitOff} splits. */
export interface SplitOptions {
  /** Decides which samples are for testing: an integer in [0, 2³²). @default 0 */
  seed?: number;
  /** Share of each class that is for testing, between 0 and 1. @default 0.2 */
  testShare?: number;
}

/** The defaults of {@link SplitOptions}. */
export const SPLIT_DEFAULTS: Readonly<Required<SplitOptions>> = { seed: 0, testShare: 0.2 };

/**
 * Chooses test images at random from each class: its share, at least one, and at least one is left for
 * training. The same samples, seed and share always split the same way.
 *
 * @param samples of all classes
 * @returns those that are for testing, class by class
 */
export function splitOff<T extends Pick<Sample, 'label'>>(
  samples: readonly T[],
  options: SplitOptions = {},
): T[] {
  const { seed, testShare } = { ...SPLIT_DEFAULTS, ...options };
  const labels = [...new Set(samples.map(({ label }) => label))].sort((a, b) => a - b);
  return labels.flatMap((label) => {
    const own = samples.filter((sample) => sample.label === label);
    const count = Math.min(own.length - 1, Math.max(1, Math.round(testShare * own.length)));
    return shuffle(own, randomStream(seed, label)).slice(0, count);
  });
}
