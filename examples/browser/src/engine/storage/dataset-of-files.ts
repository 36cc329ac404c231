import { classFolders, type Duplicate, type UnusedFile } from '@fbsd/datasets/web';
import type { Dataset, Sample, SplitOptions } from '@fbsd/trainer';
import type { NamedBlob } from '../engine.ts';

/** A data set, and what of its files is not in it. */
export interface ArrangedFiles {
  /** Samples have as `path` and `file` the paths of their files. */
  dataset: Dataset;
  unreadable: readonly UnusedFile[];
  /** Pictures that are there already, under another name. */
  duplicates: readonly Duplicate[];
}

/**
 * Makes a data set of pictures in folders of their class, as the command line does of the same folder; but also of one
 * class alone, as long as somebody collects pictures. Of equal pictures the first counts.
 */
export async function datasetOfFiles(
  name: string,
  files: readonly NamedBlob[],
  split: Required<SplitOptions>,
  onProgress: (done: number, total: number) => void,
): Promise<ArrangedFiles> {
  const { dataset, unused, duplicates } = await classFolders(files, {
    name,
    ...split,
    minClasses: 1,
    onProgress,
  });
  const twice = new Set(duplicates.map(({ path }) => path));
  const once = ({ path }: Sample) => !twice.has(path);
  return {
    dataset: { ...dataset, train: dataset.train.filter(once), test: dataset.test.filter(once) },
    unreadable: unused,
    duplicates,
  };
}
