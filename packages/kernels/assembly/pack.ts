import { at, COLUMNS, PANEL_BYTES, wholeColumns } from './micro-kernel';

/*
 * A matrix [depth,n] is cut into panels of `width` columns, and each panel stored without gaps,
 * [n/width][depth][width], so that the micro-kernel reads it in order. The last panel is filled up with
 * zeros.
 */

/** Bytes of a matrix [depth,columns] in panels of eight columns. */
export function panelBytes(depth: i32, columns: i32): usize {
  return (<usize>(depth * wholeColumns(columns))) << 2;
}

/** Packs the matrix whose element (k,j) is at source[k·stride + j]; width is 4 or 8. */
export function packRows(
  source: usize,
  stride: i32,
  depth: i32,
  n: i32,
  width: i32,
  panels: usize,
): void {
  for (let j = 0; j < n; j += width) {
    let from = at(source, j);
    const columns = min(width, n - j);
    for (let k = 0; k < depth; k++) {
      packValues(from, columns, width, panels);
      from = at(from, stride);
      panels = at(panels, width);
    }
  }
}

/** Copies `columns` values, and zeros up to `width`. */
export function packValues(from: usize, columns: i32, width: i32, to: usize): void {
  if (columns === width) {
    v128.store(to, v128.load(from));
    if (width === 8) v128.store(to, v128.load(from, 16), 16);
  } else {
    for (let c = 0; c < width; c++) store<f32>(at(to, c), c < columns ? load<f32>(at(from, c)) : 0);
  }
}

/** Copies at most eight values. */
export function copyValues(from: usize, columns: i32, to: usize): void {
  if (columns === COLUMNS) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  } else {
    for (let c = 0; c < columns; c++) store<f32>(at(to, c), load<f32>(at(from, c)));
  }
}

/** Copies the sums of at most eight values and others. */
export function copyValuesPlus(from: usize, others: usize, columns: i32, to: usize): void {
  if (columns === COLUMNS) {
    v128.store(to, f32x4.add(v128.load(others), v128.load(from)));
    v128.store(to, f32x4.add(v128.load(others, 16), v128.load(from, 16)), 16);
  } else {
    for (let c = 0; c < columns; c++) {
      store<f32>(at(to, c), load<f32>(at(others, c)) + load<f32>(at(from, c)));
    }
  }
}

/** Packs, 8 wide, the matrix whose element (k,j) is at source[j·stride + k]. */
export function packColumns(source: usize, stride: i32, depth: i32, n: i32, panels: usize): void {
  for (let j = 0; j < n; j += COLUMNS) {
    packColumnPanel(at(source, j * stride), stride, depth, min(COLUMNS, n - j), panels);
    panels = at(panels, depth * COLUMNS);
  }
}

/** One panel of {@link packColumns}; where all its columns are there, by transposing 4×4 blocks. */
export function packColumnPanel(
  source: usize,
  stride: i32,
  depth: i32,
  columns: i32,
  panel: usize,
): void {
  let k = 0;
  if (columns === COLUMNS) {
    for (; k + 4 <= depth; k += 4) {
      const to = at(panel, k * COLUMNS);
      transposeBlock(at(source, k), stride, to, PANEL_BYTES);
      transposeBlock(at(source, k + 4 * stride), stride, to + 16, PANEL_BYTES);
    }
  }
  for (; k < depth; k++) {
    for (let c = 0; c < COLUMNS; c++) {
      const value: f32 = c < columns ? load<f32>(at(source, c * stride + k)) : 0;
      store<f32>(at(panel, k * COLUMNS + c), value);
    }
  }
}

/** Four rows of four values at `source`, transposed into rows `step` bytes apart. */
export function transposeBlock(source: usize, stride: i32, to: usize, step: usize): void {
  const row0 = v128.load(source);
  const row1 = v128.load(at(source, stride));
  const row2 = v128.load(at(source, 2 * stride));
  const row3 = v128.load(at(source, 3 * stride));
  const low01 = v128.shuffle<f32>(row0, row1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(row0, row1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(row2, row3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(row2, row3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(to + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(to + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
}
