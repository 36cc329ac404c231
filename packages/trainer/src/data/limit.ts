import type { Dataset, Sample } from './dataset.ts';

/**
 * Takes a part of a data set, to try something out: evenly over the classes, the first samples of each.
 *
 * @param images at most so many training images, so many test images, and so many for validation
 * @returns the same data set with fewer samples; `dataset` stays as it is
 */
export function limit(dataset: Dataset, images: number): Dataset {
  return {
    ...dataset,
    train: firstOfEach(dataset.train, images),
    test: firstOfEach(dataset.test, images),
    ...(dataset.validation && { validation: firstOfEach(dataset.validation, images) }),
  };
}

/** The first sample of each class, then the second of each, and so on, in their own order. */
function firstOfEach(samples: readonly Sample[], count: number): Sample[] {
  const seen = new Map<number, number>();
  const ranked = samples.map((sample, place) => {
    const rank = seen.get(sample.label) ?? 0;
    seen.set(sample.label, rank + 1);
    return { sample, place, rank };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.sample.label - b.sample.label)
    .slice(0, count)
    .sort((a, b) => a.place - b.place)
    .map(({ sample }) => sample);
}
