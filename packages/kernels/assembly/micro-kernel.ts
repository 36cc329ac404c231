/** Rows that the micro-kernel computes at a time: pixels of a convolution, rows of a matrix product. */
export const ROWS: i32 = 4;
/** Columns that it computes at a time, and of a packed panel: output channels. */
export const COLUMNS: i32 = 8;
/** Its accumulators, [ROWS,COLUMNS]. */
export const ACCUMULATOR_BYTES: usize = (<usize>(ROWS * COLUMNS)) << 2;
/** A panel's bytes per step of the depth. */
export const PANEL_BYTES: usize = (<usize>COLUMNS) << 2;

/**
 * The micro-kernel of every convolution and matrix product: c[i,j] += Σ_k a_i[k]·b[k,j].
 *
 * Eight accumulators, two columns of b and one value of a fill the registers of a CPU with 128-bit
 * SIMD. Row i of a is read at a_i, a_i + step, …, so that rows may lie packed side by side or apart.
 */
export function multiplyAdd(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  step: usize,
  b: usize,
  depth: i32,
  c: usize,
): void {
  let c0 = v128.load(c);
  let c1 = v128.load(c, 16);
  let c2 = v128.load(c, 32);
  let c3 = v128.load(c, 48);
  let c4 = v128.load(c, 64);
  let c5 = v128.load(c, 80);
  let c6 = v128.load(c, 96);
  let c7 = v128.load(c, 112);
  for (let k = 0; k < depth; k++) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let a = v128.load32_splat(a0);
    c0 = f32x4.add(c0, f32x4.mul(a, left));
    c1 = f32x4.add(c1, f32x4.mul(a, right));
    a = v128.load32_splat(a1);
    c2 = f32x4.add(c2, f32x4.mul(a, left));
    c3 = f32x4.add(c3, f32x4.mul(a, right));
    a = v128.load32_splat(a2);
    c4 = f32x4.add(c4, f32x4.mul(a, left));
    c5 = f32x4.add(c5, f32x4.mul(a, right));
    a = v128.load32_splat(a3);
    c6 = f32x4.add(c6, f32x4.mul(a, left));
    c7 = f32x4.add(c7, f32x4.mul(a, right));
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
    b += PANEL_BYTES;
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}

export function clearAccumulators(accumulators: usize): void {
  memory.fill(accumulators, 0, ACCUMULATOR_BYTES);
}

/** Loads the first `columns` of one row of accumulators. */
export function loadRow(accumulators: usize, row: i32, from: usize, columns: i32): void {
  const to = accumulators + <usize>row * PANEL_BYTES;
  if (columns >= COLUMNS) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  } else {
    for (let j = 0; j < columns; j++) store<f32>(at(to, j), load<f32>(at(from, j)));
  }
}

/** Stores the first `columns` of one row of accumulators. */
export function storeRow(accumulators: usize, row: i32, to: usize, columns: i32): void {
  const from = accumulators + <usize>row * PANEL_BYTES;
  if (columns >= COLUMNS) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  } else {
    for (let j = 0; j < columns; j++) store<f32>(at(to, j), load<f32>(at(from, j)));
  }
}

/** Adds the first `columns` of one row of accumulators to what is there. */
export function addRow(accumulators: usize, row: i32, to: usize, columns: i32): void {
  const from = accumulators + <usize>row * PANEL_BYTES;
  if (columns >= COLUMNS) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    v128.store(to, f32x4.add(v128.load(to, 16), v128.load(from, 16)), 16);
  } else {
    for (let j = 0; j < columns; j++) {
      store<f32>(at(to, j), load<f32>(at(to, j)) + load<f32>(at(from, j)));
    }
  }
}

/** n rounded up to a multiple of {@link ROWS}. */
export function wholeRows(n: i32): i32 {
  return (n + ROWS - 1) & ~(ROWS - 1);
}

/** n rounded up to a multiple of {@link COLUMNS}. */
export function wholeColumns(n: i32): i32 {
  return (n + COLUMNS - 1) & ~(COLUMNS - 1);
}

/** Address of the i-th float after `base`. */
export function at(base: usize, i: i32): usize {
  return base + ((<usize>i) << 2);
}
