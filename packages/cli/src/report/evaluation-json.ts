import { headNames } from '@fbsd/fbsd';
import type { Dataset, Evaluation } from '@fbsd/trainer';
import type { TtaName } from '../settings/presets.ts';

/**
 * An evaluation by the names of heads and classes, for programs to read.
 *
 * @param source folder or file that the model comes from
 */
export function evaluationJson(
  evaluation: Evaluation,
  { name, classNames, warnings }: Dataset,
  source: string,
  tta: TtaName,
) {
  const { heads, headsTop5, losses, accuracy, top5, confusion, count } = evaluation;
  const names = headNames(heads.length);
  return {
    model: source,
    dataset: name,
    images: count,
    warnings,
    accuracy,
    top5,
    heads: heads.map((share, i) => ({
      name: names[i],
      accuracy: share,
      top5: headsTop5?.[i] ?? null,
      crossEntropy: losses[i],
    })),
    classes: perClass(evaluation, classNames),
    confusion,
    ...(tta !== 'none' && { tta }),
  };
}

interface ClassResult {
  name: string;
  images: number;
  /** Share of them that was recognised; null without images. */
  accuracy: number | null;
}

/** Of each class. */
export function perClass({ confusion }: Evaluation, names: readonly string[]): ClassResult[] {
  return confusion.map((row, label) => {
    const images = row.reduce((sum, n) => sum + n, 0);
    const accuracy = images === 0 ? null : (row[label] as number) / images;
    return { name: names[label] as string, images, accuracy };
  });
}
