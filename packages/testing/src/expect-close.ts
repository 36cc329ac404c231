import type { Tensor } from '@tensorflow/tfjs-core';

/** Values with a shape: a tensor, or what {@link readSafetensors} returns. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface Tolerance {
  /** Relative to the expected value. @default 1e-4 */
  rtol?: number;
  /** Absolute, in the unit of the values. @default rtol × the largest expected magnitude × 0.01 */
  atol?: number;
}

/**
 * Asserts |actual − expected| ≤ atol + rtol·|expected| for every element.
 *
 * The shape is compared first. NaN fails. An expectation whose values all lie within `atol` of zero
 * is refused, because an all-zero result would pass it: give a smaller `atol`.
 *
 * @throws Error that names the worst element
 */
export function expectClose(
  actual: Tensor | Values,
  expected: Tensor | Values,
  { rtol = 1e-4, atol }: Tolerance = {},
): void {
  const a = values(actual);
  const e = values(expected);
  if (a.shape.join() !== e.shape.join()) {
    throw new Error(`expectClose: expected shape [${e.shape}], got [${a.shape}]`);
  }
  let largest = 0;
  for (let i = 0; i < e.data.length; i++) largest = Math.max(largest, Math.abs(at(e, i)));
  const absolute = atol ?? rtol * largest * 0.01;
  if (!(largest > absolute)) {
    throw new Error(
      `expectClose: all expected values lie within atol=${absolute} of zero, so zeros would pass; use a smaller atol`,
    );
  }
  let worst = -1;
  let worstExcess = 0;
  let failures = 0;
  for (let i = 0; i < e.data.length; i++) {
    const tolerance = absolute + rtol * Math.abs(at(e, i));
    const difference = Math.abs(at(a, i) - at(e, i));
    if (difference <= tolerance) continue; // NaN falls through and fails
    failures++;
    const excess = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / tolerance;
    if (excess > worstExcess || worst < 0) {
      worst = i;
      worstExcess = excess;
    }
  }
  if (failures > 0) {
    throw new Error(
      `expectClose: ${failures} of ${e.data.length} values differ; worst at [${position(worst, e.shape)}]: ` +
        `expected ${at(e, worst)}, got ${at(a, worst)} (rtol ${rtol}, atol ${absolute.toExponential(2)})`,
    );
  }
}

function values(x: Tensor | Values): Values {
  return 'dataSync' in x ? { shape: x.shape, data: x.dataSync() } : x;
}

function at(x: Values, i: number): number {
  return x.data[i] ?? Number.NaN;
}

function position(index: number, shape: readonly number[]): string {
  const coordinates: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    coordinates.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return coordinates.join(', ');
}
