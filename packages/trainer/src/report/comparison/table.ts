import { referencesOf, type VariantResult } from '../../compare/compare-runs.ts';
import type { Estimate } from '../../compare/estimate.ts';

/** A table as text, for whatever shows it. */
export interface TextTable {
  /** Their headings; the first one is of the names of the rows. */
  columns: readonly string[];
  /** As many cells in each as there are columns. */
  rows: readonly (readonly string[])[];
}

/** Stands where there is nothing to tell. */
const NOTHING = '–';

/**
 * A row for each variant: the accuracy of each head, of all together, and the paired differences to other variants, in
 * percent, as `mean ± half of the 95% interval (deviation)`. A network of one head has its accuracy under `combined`.
 */
export function comparisonTable(results: readonly VariantResult[]): TextTable {
  const several = results.filter(({ heads }) => heads.length > 1);
  const heads = [...new Set(several.flatMap(({ heads }) => heads.map(({ name }) => name)))];
  const others = referencesOf(results);
  return {
    columns: ['', ...heads, 'combined', ...others.map((name) => `against ${name}`)],
    rows: results.map(({ variant, combined, differences, heads: own }) => [
      variant,
      ...heads.map((head) => cell(own.find(({ name }) => name === head))),
      cell(combined),
      ...others.map((other) => signed(differences.find(({ against }) => against === other))),
    ]),
  };
}

/** `87.2 ± 0.4 (0.3)`; of a single run `87.2`. */
function cell(estimate: Estimate | undefined): string {
  return estimate ? `${points(estimate.mean)}${spread(estimate)}` : NOTHING;
}

/** `+1.3 ± 0.8 (0.6)` */
function signed(estimate: Estimate | undefined): string {
  if (!estimate) return NOTHING;
  return `${signedPoints(estimate.mean)}${spread(estimate)}`;
}

function spread({ mean, deviation, interval }: Estimate): string {
  if (deviation === null || interval === null) return '';
  return ` ± ${points(interval[1] - mean)} (${points(deviation)})`;
}

/** 0.013 → +1.3, −0.013 → −1.3, in percentage points. */
export function signedPoints(value: number): string {
  const text = points(Math.abs(value));
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

function points(value: number): string {
  return (100 * value).toFixed(1);
}
