/** Where a strip lies, as fractions of the side that is cut. */
export interface Strip {
  /** From 0. */
  start: number;
  /** Up to 1. */
  end: number;
}

/** FBSM's split of `size` rows into `parts` strips: strip i is rows ⌊i·size/k⌋ … ⌊(i+1)·size/k⌋−1. */
export function strips(size: number, parts: number): Strip[] {
  const edge = (i: number) => Math.floor((i * size) / parts) / size;
  return Array.from({ length: parts }, (_, i) => ({ start: edge(i), end: edge(i + 1) }));
}

/** The positions of the largest value: all of them when several tie. */
export function indicesOfMaximum(values: readonly number[]): number[] {
  const maximum = Math.max(...values);
  return values.flatMap((value, i) => (value === maximum ? [i] : []));
}
