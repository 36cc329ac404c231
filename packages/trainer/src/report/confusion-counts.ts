/** confusion[true class][predicted class] = number of images. */
export type Confusion = readonly (readonly number[])[];

/** The mistakes, most images first, then the largest share of the true class. */
export function mostFrequentConfusions(
  confusion: Confusion,
): { truth: number; predicted: number; images: number; share: number }[] {
  return confusion
    .flatMap((row, truth) =>
      row.map((images, predicted) => ({ truth, predicted, images, share: share(images, row) })),
    )
    .filter(({ truth, predicted, images }) => truth !== predicted && images > 0)
    .sort((a, b) => b.images - a.images || b.share - a.share);
}

/** The share of a class that an entry is; 0 for a class without images. */
export function share(images: number, row: readonly number[]): number {
  return images === 0 ? 0 : images / total(row);
}

/** The images of a class. */
export function total(row: readonly number[]): number {
  return row.reduce((a, b) => a + b, 0);
}
