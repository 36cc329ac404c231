import { createHash } from 'node:crypto';
import type { Dataset, Sample } from '@fbsd/trainer';
import { readRegularFile } from '../files/regular-file.ts';
import { sameFilesSentence } from './same-files-sentence.ts';

/** Milliseconds that files are compared at most. */
const TIME = 5000;

/**
 * Looks for test images that are the same files as training images. Only files whose size and end are the same are
 * read, for five seconds at most.
 *
 * @param fingerprints of the pictures by path, as `checkPictures` finds them
 * @returns a sentence that names the first ones, if there are any
 */
export async function sameFiles(
  { train, test }: Pick<Dataset, 'train' | 'test'>,
  fingerprints: ReadonlyMap<string, string>,
): Promise<string[]> {
  const trained = new Map<string, Sample[]>();
  for (const sample of train) {
    const key = fingerprints.get(sample.path) ?? '';
    const others = trained.get(key);
    if (others) others.push(sample);
    else trained.set(key, [sample]);
  }
  const hashes = new Map<string, string>();
  const hashOf = async ({ path }: Sample) => {
    const hash =
      hashes.get(path) ??
      createHash('sha256')
        .update(await readRegularFile(path))
        .digest('hex');
    hashes.set(path, hash);
    return hash;
  };
  const end = performance.now() + TIME;
  const same: string[] = [];
  for (const sample of test) {
    for (const other of trained.get(fingerprints.get(sample.path) ?? '') ?? []) {
      if (performance.now() > end) break;
      if ((await hashOf(sample)) !== (await hashOf(other))) continue;
      same.push(`${sample.file} = ${other.file}`);
      break;
    }
  }
  return sameFilesSentence(same);
}
