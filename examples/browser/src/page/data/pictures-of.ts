import type { Sample } from '@fbsd/trainer';
import type { StoredDataset } from '../../engine/engine.ts';

/** A picture of a class. */
export interface ClassPicture extends Pick<Sample, 'path' | 'file'> {
  isTest: boolean;
}

/** The pictures of a class, those to train on first. */
export function picturesOf({ train, test }: StoredDataset, label: number): ClassPicture[] {
  const own = (samples: readonly Sample[], isTest: boolean) =>
    samples
      .filter((sample) => sample.label === label)
      .map(({ path, file }) => ({ path, file, isTest }));
  return [...own(train, false), ...own(test, true)];
}
