/** How work may be divided over threads. */
export interface Work {
  /** How many items there are: pixels, rows, images … */
  items: number;
  /** Multiply-adds (or the time they would take) of one item. */
  cost: number;
  /** Only the last range of items may have a length that is not a multiple of this. @default 1 */
  step?: number;
}

/** Work on every pair of a row and a column, each of which is made ready first: the packed operands of a product. */
export interface PairedWork {
  /** Multiply-adds of one pair. */
  cost: number;
  /** How many, and the time to make one ready, in multiply-adds: each share does that anew for its own. */
  rows: { items: number; cost: number };
  columns: { items: number; cost: number };
}

/** Items from the first one up to, and without, the second one. */
export type Range = [first: number, last: number];

/** Below this many multiply-adds another thread costs more than it gains. */
const MIN_COST_PER_THREAD = 200_000;

/** How many of the threads so many multiply-adds are worth. */
export function worthwhileThreads(threads: number, cost: number): number {
  return Math.max(1, Math.min(threads, Math.floor(cost / MIN_COST_PER_THREAD)));
}

/** [0,items) in `shares` ranges of nearly equal length, cut at multiples of `step`. */
export function divide(items: number, step: number, shares: number): Range[] {
  const steps = Math.ceil(items / step);
  const ranges: Range[] = [];
  for (let share = 1, first = 0; share <= shares; share++) {
    const last = Math.min(items, Math.floor((steps * share) / shares) * step);
    ranges.push([first, last]);
    first = last;
  }
  return ranges;
}

/** In how many ranges of rows and of columns the pairs are divided, so that the largest of at most `most` shares is smallest. */
export function dividePairs(
  { cost, rows, columns }: PairedWork,
  most: number,
): { rows: number; columns: number } {
  let best = { rows: 1, columns: 1, time: Number.POSITIVE_INFINITY };
  for (let r = 1; r <= Math.min(most, rows.items); r++) {
    const c = Math.max(1, Math.min(Math.floor(most / r), columns.items));
    const [ofRows, ofColumns] = [Math.ceil(rows.items / r), Math.ceil(columns.items / c)];
    const time = ofRows * ofColumns * cost + ofRows * rows.cost + ofColumns * columns.cost;
    if (time < best.time) best = { rows: r, columns: c, time };
  }
  return { rows: best.rows, columns: best.columns };
}
