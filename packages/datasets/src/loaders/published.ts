import type { Dataset, Sample } from '@fbsd/trainer';
import { type CheckOptions, checkPictures } from '../pictures/check-pictures.ts';
import { sameFiles } from './same-files.ts';

/** The counts that a complete copy of a data set has. */
export interface Published {
  name: string;
  classes: number;
  train: number;
  test: number;
}

/** A copy of a published data set, as its files describe it. */
export interface Copy extends Pick<Dataset, 'root' | 'classNames' | 'partNames'> {
  /** The data set's name unless it has the published number of classes. */
  name: string;
  /** Training and test samples, in the order of their ids. */
  samples: readonly Sample[];
  isTest(sample: Sample): boolean;
}

/**
 * Checks a copy: its pictures, and its counts against the published ones.
 *
 * @param where begins messages about pictures
 * @throws UserError for unreadable pictures, unless they are to be skipped
 */
export async function checkCopy(
  published: Published,
  { name, root, classNames, partNames, samples, isTest }: Copy,
  { where, ...check }: { where: string } & CheckOptions,
): Promise<Dataset> {
  const { readable, fingerprints, warnings } = await checkPictures(where, samples, check);
  const train = readable.filter((sample) => !isTest(sample));
  const test = readable.filter(isTest);
  return {
    name: classNames.length === published.classes ? published.name : name,
    root,
    classNames,
    partNames,
    train,
    test,
    warnings: [
      ...warnings,
      ...countWarnings(published, { classNames, train, test }),
      ...(await sameFiles({ train, test }, fingerprints)),
    ],
  };
}

/**
 * Compares the counts of a copy with the published ones. A copy with another number of classes is meant to be
 * a part, and not compared.
 *
 * @returns a sentence for each count that differs, and for an empty training or test set
 */
function countWarnings(
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
