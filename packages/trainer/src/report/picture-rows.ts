import type { PictureResult } from '../train/picture-result.ts';

/** A test picture's row in a table. */
export interface PictureRow {
  /** The picture as the data set's own files name it. */
  file: string;
  /** The name of its class. */
  trueClass: string;
  /** The name of the class that it was put in; null when the model's logits are not finite. */
  predictedClass: string | null;
  /** True if both are the same. */
  right: boolean;
  /** Probability of the predicted class. */
  probability: number | null;
  /** Probability of the true class. */
  probabilityOfTrueClass: number | null;
}

/**
 * What an evaluation makes of each picture, by name.
 *
 * @param results of the evaluation
 * @param files names of the pictures in the same order
 * @param classNames by class index
 */
export function pictureRows(
  results: readonly PictureResult[],
  files: readonly string[],
  classNames: readonly string[],
): PictureRow[] {
  return results.map(({ label, predicted, probability, probabilityOfTruth }, i) => ({
    file: files[i] as string,
    trueClass: classNames[label] as string,
    predictedClass: predicted === null ? null : (classNames[predicted] as string),
    right: predicted === label,
    probability,
    probabilityOfTrueClass: probabilityOfTruth,
  }));
}

/** The names of the columns, in the order of {@link PictureRow}. */
const COLUMNS = [
  'file',
  'true class',
  'predicted class',
  'right',
  'probability',
  'probability of true class',
];

/**
 * Writes rows as CSV for spreadsheets, as RFC 4180 has it. A name that a spreadsheet would take for a formula, because
 * it begins with one of = + - @, gets an apostrophe before it.
 */
export function picturesCsv(rows: readonly PictureRow[]): string {
  const lines = rows.map((row) => [
    row.file,
    row.trueClass,
    row.predictedClass,
    row.right ? 'yes' : 'no',
    rounded(row.probability),
    rounded(row.probabilityOfTrueClass),
  ]);
  return [COLUMNS, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function field(value: string | null): string {
  const text = (value ?? '').replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Six digits, never as 1e-7: that is no number to some spreadsheets, and begins with no sign. */
function rounded(probability: number | null): string | null {
  return probability === null ? null : String(Number(probability.toFixed(6)));
}
