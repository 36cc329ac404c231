import {
  ACCUMULATOR_BYTES,
  at,
  COLUMNS,
  multiplyAddInterleaved,
  PANEL_BYTES,
  ROWS,
} from './micro-kernel';
import {
  copyValues,
  copyValuesPlus,
  packColumnPanel,
  packRows,
  panelBytes,
  transposeBlock,
} from './pack';

/*
 * Products of large matrices. The right one is packed beforehand, whole and once for all threads. The micro-kernel
 * then goes through as much of the inner dimension as it can, so that sums seldom leave its registers.
 */

/** How much of the inner dimension is multiplied at a time, at most. */
const DEPTH: i32 = 1024;
/** Rows of a that share a panel of b, and are packed at a time if a is transposed. */
const BLOCK: i32 = 64;
/** Rows of b that are packed at a time. */
const TOGETHER: i32 = 16;

/** Accumulators, packed rows of a, and their sums where they are to be added to others. */
export function multiplyPackedScratchBytes(columns: i32, inner: i32, added: bool): usize {
  const sums: i32 = added ? columns : 0;
  return ACCUMULATOR_BYTES + ((<usize>(BLOCK * (min(inner, DEPTH) + sums))) << 2);
}

/**
 * Packs the panels [first,last) of the batch × ⌈columns/8⌉ of matrices b for {@link multiplyPacked}.
 *
 * @param b [batch,inner,columns], or [batch,columns,inner] if transposed
 * @param packed [batch,⌈columns/8⌉,inner,8]
 */
export function packMatrices(
  b: usize,
  transposed: bool,
  columns: i32,
  inner: i32,
  packed: usize,
  first: i32,
  last: i32,
): void {
  const panels = (columns + COLUMNS - 1) / COLUMNS;
  for (let matrix = first / panels; matrix * panels < last; matrix++) {
    const source = at(b, matrix * inner * columns);
    const target = packed + <usize>matrix * panelBytes(inner, columns);
    const from = max(first - matrix * panels, 0);
    const to = min(last - matrix * panels, panels);
    // A few rows of all panels at a time, since they lie side by side; a transposed panel lies apart from the others.
    const step = transposed ? inner : TOGETHER;
    for (let k = 0; k < inner; k += step) {
      const depth = min(step, inner - k);
      for (let i = from; i < to; i++) {
        const j = i * COLUMNS;
        const width = min(COLUMNS, columns - j);
        const panel = at(target, (inner * i + k) * COLUMNS);
        if (transposed) packColumnPanel(at(source, j * inner), inner, depth, width, panel);
        else packRows(at(source, k * columns + j), columns, depth, width, COLUMNS, panel);
      }
    }
  }
}

/**
 * Products of a batch of matrices: c = op(a)·b [+ addend], for the items [first,last) of the batch × ⌈rows/4⌉
 * groups of four rows.
 *
 * @param a [batch,rows,inner], or [batch,inner,rows] if transposed
 * @param packed matrices [inner,columns], by {@link packMatrices}
 * @param addend [batch,rows,columns], which may be c, or 0. Sums are completed before: their terms may be smaller
 *   than its last digit
 * @param c [batch,rows,columns]
 * @param scratch {@link multiplyPackedScratchBytes}
 */
export function multiplyPacked(
  a: usize,
  aTransposed: bool,
  packed: usize,
  addend: usize,
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
    const from = max(first - matrix * groups, 0) * ROWS;
    const to = min(min(last - matrix * groups, groups) * ROWS, rows);
    for (let m = from; m < to; m += BLOCK) {
      multiplyBlock(
        at(a, matrix * rows * inner),
        aTransposed,
        packed + <usize>matrix * panelBytes(inner, columns),
        addend ? at(addend, matrix * rows * columns) : 0,
        at(c, matrix * rows * columns),
        rows,
        columns,
        inner,
        m,
        min(m + BLOCK, to),
        scratch,
      );
    }
  }
}

/** Packs groups of four rows, whose k-th values then lie side by side. */
function interleaveRows(source: usize, stride: i32, depth: i32, rows: i32, groups: usize): void {
  for (let i = 0; i < rows; i += ROWS) {
    const height = min(ROWS, rows - i);
    const from = at(source, i * stride);
    let k = 0;
    if (height === ROWS) {
      for (; k + 4 <= depth; k += 4) transposeBlock(at(from, k), stride, at(groups, k * ROWS), 16);
    }
    for (; k < depth; k++) {
      for (let r = 0; r < ROWS; r++) {
        const value: f32 = r < height ? load<f32>(at(from, r * stride + k)) : 0;
        store<f32>(at(groups, k * ROWS + r), value);
      }
    }
    groups = at(groups, depth * ROWS);
  }
}

/** Rows [from,to), at most BLOCK, of one product. */
function multiplyBlock(
  a: usize,
  aTransposed: bool,
  b: usize,
  addend: usize,
  c: usize,
  rows: i32,
  columns: i32,
  inner: i32,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const left = scratch + ACCUMULATOR_BYTES;
  const apart = left + ((<usize>(BLOCK * min(inner, DEPTH))) << 2);
  // In equal parts: a short one at the end would move sums for little.
  const times = max((inner + DEPTH - 1) / DEPTH, 1);
  const most = (inner + times - 1) / times;
  let k = 0;
  // Once where there is nothing to multiply, too: the sums are zero then.
  do {
    const depth = min(most, inner - k);
    const complete = k + depth === inner;
    if (aTransposed) packRows(at(a, k * rows + from), rows, depth, to - from, ROWS, left);
    else interleaveRows(at(a, from * inner + k), inner, depth, to - from, left);
    for (let j = 0; j < columns; j += COLUMNS) {
      const panel = at(b, j * inner + k * COLUMNS);
      const width = min(COLUMNS, columns - j);
      for (let i = from; i < to; i += ROWS) {
        const height = min(ROWS, to - i);
        const output = at(c, i * columns + j);
        const partial = addend ? at(apart, (i - from) * columns + j) : output;
        // Sums of a whole tile grow where they are.
        const inPlace = width === COLUMNS && height === ROWS && !(addend && complete);
        const tile = inPlace ? partial : scratch;
        const tileStep = inPlace ? (<usize>columns) << 2 : PANEL_BYTES;
        if (!inPlace && k > 0) {
          for (let r = 0; r < height; r++) {
            copyValues(at(partial, r * columns), width, tile + <usize>r * tileStep);
          }
        }
        const group = at(left, (i - from) * depth);
        multiplyAddInterleaved(group, panel, depth, tile, tileStep, k > 0);
        if (inPlace) continue;
        for (let r = 0; r < height; r++) {
          const row = tile + <usize>r * tileStep;
          const place = (i + r) * columns + j;
          if (addend && complete) copyValuesPlus(row, at(addend, place), width, at(c, place));
          else copyValues(row, width, at(partial, r * columns));
        }
      }
    }
    k += most;
  } while (k < inner);
}
