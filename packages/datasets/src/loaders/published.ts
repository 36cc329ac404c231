import type { Dataset } from '@fbsd/trainer';

/** The counts that a complete copy of a data set has. */
export interface Published {
  name: string;
  classes: number;
  train: number;
  test: number;
}

/**
 * Compares the counts of a copy with the published ones. A copy with another number of classes is meant to be
 * a part, and not compared.
 *
 * @returns a sentence for each count that differs, and for an empty training or test set
 */
export function countWarnings(
  { name, classes, train, test }: Published,
  copy: Pick<Dataset, 'classNames' | 'train' | 'test'>,
): string[] {
  const warnings: string[] = [];
  const compare = (what: string, found: number, published: number) => {
    const by = Math.abs(found - published);
    if (by === 0) return;
    warnings.push(
      `${name} has ${published} ${what} images; this copy has ${found}, ${by} ${found < published ? 'fewer' : 'more'}.`,
    );
  };
  if (copy.classNames.length === classes) {
    compare('training', copy.train.length, train);
    compare('test', copy.test.length, test);
  }
  if (copy.train.length === 0) warnings.push('There are no training images.');
  if (copy.test.length === 0) warnings.push('There are no test images.');
  return warnings;
}
