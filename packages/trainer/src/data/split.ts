import { UserError } from '../user-error.ts';
import type { Dataset, Sample } from './dataset.ts';
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
  return stratified(samples, testShare, (label) => randomStream(seed, label));
}

/** How {@link splitValidation} splits. */
export interface ValidationOptions {
  /** Decides which samples are for validation: an integer in [0, 2³²). @default 0 */
  seed?: number;
  /** Share of each class's training samples that is for validation, between 0 and 1. */
  share: number;
}

/** Keeps the random numbers of validation apart from those of {@link splitOff}. */
const VALIDATION = 1;

/**
 * Carves a validation split out of the training samples, by classes: the share of each, at least one, and at least one
 * is left for training. The same samples, seed and share always split the same way; all samples keep their order.
 *
 * @returns the same data set with fewer training samples; `dataset` stays as it is
 * @throws RangeError for a share that is not between 0 and 1, UserError when no class has a sample to spare
 */
export function splitValidation<T extends Pick<Dataset, 'train'>>(
  dataset: T,
  { seed = 0, share }: ValidationOptions,
): T & Required<Pick<Dataset, 'validation'>> {
  if (!(share > 0 && share < 1)) {
    throw new RangeError(
      `[@fbsd/trainer] splitValidation: share must be a number between 0 and 1; got ${share}. Use 0.1, a tenth.`,
    );
  }
  const { train } = dataset;
  const stream = (label: number) => randomStream(seed, label, VALIDATION);
  const chosen = new Set(stratified(train, share, stream));
  if (chosen.size === 0) {
    throw new UserError(
      `[@fbsd/trainer] splitValidation: every class has a single training image, which is needed for training (${train.length} images). Give more images, or train without a validation split.`,
    );
  }
  return {
    ...dataset,
    train: train.filter((sample) => !chosen.has(sample)),
    validation: train.filter((sample) => chosen.has(sample)),
  };
}

/** A share of each class, at least one sample, and at least one less than all. */
function stratified<T extends Pick<Sample, 'label'>>(
  samples: readonly T[],
  share: number,
  stream: (label: number) => () => number,
): T[] {
  const labels = [...new Set(samples.map(({ label }) => label))].sort((a, b) => a - b);
  return labels.flatMap((label) => {
    const own = samples.filter((sample) => sample.label === label);
    const count = Math.min(own.length - 1, Math.max(1, Math.round(share * own.length)));
    return shuffle(own, stream(label)).slice(0, count);
  });
}
