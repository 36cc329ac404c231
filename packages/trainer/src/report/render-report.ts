import type { Encoder } from './encoder.ts';
import { page, type Report } from './page.ts';

/**
 * Renders a report as the text of one HTML page that needs nothing else: no script, no file, no network.
 *
 * @throws RangeError when class names, confusion matrix, labels or pictures do not fit together
 */
export async function renderReport(report: Report, encoder: Encoder): Promise<string> {
  check(report);
  return (await page(report, encoder)).text;
}

function check({ classNames, evaluation, testFiles, samples }: Report): void {
  const classes = classNames.length;
  const sizes = evaluation
    ? [evaluation.confusion, ...evaluation.confusion].map((x) => x.length)
    : [];
  if (sizes.some((size) => size !== classes)) {
    throw new RangeError(
      `[@fbsd/trainer] renderReport: ${classes} class names need a confusion matrix [${classes},${classes}]; got rows and columns of ` +
        `${[...new Set(sizes)].join(', ')}. Pass the class names of the data set that was evaluated.`,
    );
  }
  if (evaluation && testFiles && testFiles.length !== evaluation.pictures.length) {
    throw new RangeError(
      `[@fbsd/trainer] renderReport: expected the names of the ${evaluation.pictures.length} test pictures; got ${testFiles.length}. Pass those of the samples that were evaluated, in their order.`,
    );
  }
  for (const { file, label, pixels, inspection } of samples) {
    const side = Math.sqrt(pixels.length / 3);
    if (!Number.isInteger(side) || side === 0) {
      throw new RangeError(
        `[@fbsd/trainer] renderReport: ${file}: expected the 3·S·S bytes of a square RGB picture; got ${pixels.length}. Pass the crop that the model saw.`,
      );
    }
    if (label !== undefined && !(label in classNames)) {
      throw new RangeError(
        `[@fbsd/trainer] renderReport: ${file}: expected a label from 0 to ${classes - 1}; got ${label}. Labels count from 0.`,
      );
    }
    if (inspection.combined.length !== classes) {
      throw new RangeError(
        `[@fbsd/trainer] renderReport: ${file}: expected probabilities of ${classes} classes; got ${inspection.combined.length}. Pass the class names that the model was trained with.`,
      );
    }
  }
}
