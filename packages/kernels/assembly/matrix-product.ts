import {
  ACCUMULATOR_BYTES,
  at,
  COLUMNS,
  multiplyAdd,
  multiplyAddInterleaved,
  PANEL_BYTES,
  ROWS,
} from './micro-kernel';
import { copyValues, packColumns, packRows, panelBytes } from './pack';

/** How much of the inner dimension is packed at a time. */
const DEPTH: i32 = 256;
/** Rows of a transposed a that are packed at a time. */
const BLOCK: i32 = 64;

/** Accumulators, packed rows of a, and packed columns of b. */
export function multiplyScratchBytes(columns: i32): usize {
  return ACCUMULATOR_BYTES + ((<usize>(BLOCK * DEPTH)) << 2) + panelBytes(DEPTH, columns);
}

/**
 * Products of a batch of matrices: c = op(a)·op(b) + bias, for the items [first,last) of the
 * batch × ⌈rows/4⌉ groups of four rows.
 *
 * @param a [rows,inner], or [inner,rows] if transposed; the next of the batch aStep floats further
 * @param b [inner,columns], or [columns,inner] if transposed; the next bStep floats further
 * @param bias [columns], or 0
 * @param c [batch,rows,columns]
 * @param scratch {@link multiplyScratchBytes}
 */
export function multiply(
  a: usize,
  aTransposed: bool,
  aStep: i32,
  b: usize,
  bTransposed: bool,
  bStep: i32,
  bias: usize,
  c: usize,
  rows: i32,
  columns: i32,
  inner: i32,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const groups = (rows + ROWS - 1) / ROWS;
  for (let matrix = first / groups; matrix * groups < last; matrix++) {
    multiplyOne(
      at(a, matrix * aStep),
      aTransposed,
      at(b, matrix * bStep),
      bTransposed,
      bias,
      at(c, matrix * rows * columns),
      rows,
      columns,
      inner,
      max(first - matrix * groups, 0) * ROWS,
      min(min(last - matrix * groups, groups) * ROWS, rows),
      scratch,
    );
  }
}

/** Rows [from,to) of one product. */
function multiplyOne(
  a: usize,
  aTransposed: bool,
  b: usize,
  bTransposed: bool,
  bias: usize,
  c: usize,
  rows: i32,
  columns: i32,
  inner: i32,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const left = scratch + ACCUMULATOR_BYTES;
  const right = left + ((<usize>(BLOCK * DEPTH)) << 2);
  for (let k = 0; k < inner; k += DEPTH) {
    const depth = min(DEPTH, inner - k);
    if (bTransposed) packColumns(at(b, k), inner, depth, columns, right);
    else packRows(at(b, k * columns), columns, depth, columns, COLUMNS, right);
    for (let m = from; m < to; m += BLOCK) {
      const end = min(m + BLOCK, to);
      if (aTransposed) packRows(at(a, k * rows + m), rows, depth, end - m, ROWS, left);
      for (let j = 0; j < columns; j += COLUMNS) {
        const panel = at(right, j * depth);
        const width = min(COLUMNS, columns - j);
        for (let i = m; i < end; i += ROWS) {
          const height = min(ROWS, end - i);
          const sum = at(c, i * columns + j);
          const added = k > 0 || bias !== 0;
          // Sums of a whole tile grow where they are.
          const inPlace = width === COLUMNS && height === ROWS;
          const tile = inPlace ? sum : scratch;
          const tileStep = inPlace ? (<usize>columns) << 2 : PANEL_BYTES;
          for (let r = 0; r < height; r++) {
            const row = tile + <usize>r * tileStep;
            if (k > 0 && !inPlace) copyValues(at(sum, r * columns), width, row);
            else if (k === 0 && bias) copyValues(at(bias, j), width, row);
          }
          if (aTransposed) {
            const p = at(left, (i - m) * depth);
            multiplyAddInterleaved(p, panel, depth, tile, tileStep, added);
          } else {
            // Rows beyond the last are read from the last, and their results dropped.
            const p = at(a, i * inner + k);
            const p1 = at(p, min(1, height - 1) * inner);
            const p2 = at(p, min(2, height - 1) * inner);
            const p3 = at(p, min(3, height - 1) * inner);
            multiplyAdd(p, p1, p2, p3, 4, panel, depth, tile, tileStep, added);
          }
          for (let r = 0; r < height && !inPlace; r++) {
            copyValues(tile + <usize>r * tileStep, width, at(sum, r * columns));
          }
        }
      }
    }
  }
}
