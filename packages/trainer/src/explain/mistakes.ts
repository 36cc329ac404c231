import type { Sample } from '../data/dataset.ts';
import type { PictureSource } from '../data/picture-source.ts';
import type { PictureResult } from '../train/picture-result.ts';
import { type WholePicture, wholePicture } from './whole-picture.ts';

/** A test picture that was put in a wrong class. */
export interface Mistake {
  /** The picture as the data set's own files name it. */
  file: string;
  /** Its true class. */
  label: number;
  /** The class that it was taken for. */
  predicted: number;
  /** How sure the model was of that. */
  probability: number;
  /** What it gave the true class. */
  probabilityOfTruth: number;
  /** The picture. */
  picture: WholePicture;
}

/** A sample that was put in a wrong class, and how. */
export interface MistakenSample<T> {
  /** The sample. */
  sample: T;
  /** What the model made of it. */
  result: PictureResult & {
    /** The wrong class. */
    predicted: number;
  };
}

/** Pictures that are decoded at once: enough for the threads, few enough for the memory of large ones. */
const AT_ONCE = 4;

/**
 * Picks the test pictures that were put in a wrong class, those that the model was surest of first.
 *
 * @param test in the order of the evaluation
 * @param results of the evaluation, one for each
 * @param most at most so many
 * @returns each with its result
 */
export function worstMistakes<T extends Pick<Sample, 'label'>>(
  test: readonly T[],
  results: readonly PictureResult[],
  most: number = test.length,
): MistakenSample<T>[] {
  return test
    .flatMap((sample, i) => {
      const result = results[i];
      const wrong = result && result.predicted !== null && result.predicted !== sample.label;
      return wrong ? [{ sample, result: result as MistakenSample<T>['result'] }] : [];
    })
    .sort(
      ({ result: a }, { result: b }) =>
        (b.probability ?? 0) - (a.probability ?? 0) ||
        (a.probabilityOfTruth ?? 0) - (b.probabilityOfTruth ?? 0),
    )
    .slice(0, most);
}

/**
 * Decodes the worst mistakes of an evaluation, for a report.
 *
 * @param test in the order of the evaluation
 * @param results of the evaluation, one for each
 * @param source decodes the pictures
 * @param imageSize side in pixels that the model takes
 * @param most at most so many
 * @throws as `source`
 */
export async function showMistakes(
  test: readonly Sample[],
  results: readonly PictureResult[],
  source: PictureSource,
  imageSize: number,
  most: number,
): Promise<Mistake[]> {
  const worst = worstMistakes(test, results, most);
  const shown: Mistake[] = [];
  for (let i = 0; i < worst.length; i += AT_ONCE) {
    const some = worst.slice(i, i + AT_ONCE).map(async ({ sample, result }) => ({
      file: sample.file,
      label: sample.label,
      predicted: result.predicted,
      probability: result.probability as number,
      probabilityOfTruth: result.probabilityOfTruth as number,
      picture: wholePicture(await source.read(sample), imageSize),
    }));
    shown.push(...(await Promise.all(some)));
  }
  return shown;
}
