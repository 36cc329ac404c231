/** Rows that the micro-kernel computes at a time: pixels of a convolution, rows of a matrix product. */
export const ROWS: i32 = 4;
/** Columns that it computes at a time, and of a packed panel: output channels. */
export const COLUMNS: i32 = 8;
/** Panels of COLUMNS columns that it takes at a time. */
export const PANELS: i32 = 1;
/** Its accumulators, [ROWS,COLUMNS]. */
export const ACCUMULATOR_BYTES: usize = (<usize>(ROWS * COLUMNS)) << 2;
/** A panel's bytes per step of the depth. */
export const PANEL_BYTES: usize = (<usize>COLUMNS) << 2;

/** sum + a·b: where the engine has relaxed SIMD in one instruction, which may round once or twice, as the CPU does. */
function addProducts(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/**
 * The micro-kernel of every convolution and matrix product: c[i,j] = [c[i,j] +] Σ_k a_i[k]·b[k,j].
 *
 * Eight accumulators, two columns of b and one value of a fill the registers of a CPU with 128-bit
 * SIMD. Row i of a is read at a_i, a_i + step, …, so that rows may lie packed side by side or apart.
 *
 * @param c whose rows are cStep bytes apart
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
  cStep: usize,
  add: bool,
): void {
  const zero = f32x4.splat(0);
  const row1 = c + cStep;
  const row2 = row1 + cStep;
  const row3 = row2 + cStep;
  let c0 = add ? v128.load(c) : zero;
  let c1 = add ? v128.load(c, 16) : zero;
  let c2 = add ? v128.load(row1) : zero;
  let c3 = add ? v128.load(row1, 16) : zero;
  let c4 = add ? v128.load(row2) : zero;
  let c5 = add ? v128.load(row2, 16) : zero;
  let c6 = add ? v128.load(row3) : zero;
  let c7 = add ? v128.load(row3, 16) : zero;
  for (let k = 0; k < depth; k++) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let a = v128.load32_splat(a0);
    c0 = addProducts(c0, a, left);
    c1 = addProducts(c1, a, right);
    a = v128.load32_splat(a1);
    c2 = addProducts(c2, a, left);
    c3 = addProducts(c3, a, right);
    a = v128.load32_splat(a2);
    c4 = addProducts(c4, a, left);
    c5 = addProducts(c5, a, right);
    a = v128.load32_splat(a3);
    c6 = addProducts(c6, a, left);
    c7 = addProducts(c7, a, right);
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
    b += PANEL_BYTES;
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(row1, c2);
  v128.store(row1, c3, 16);
  v128.store(row2, c4);
  v128.store(row2, c5, 16);
  v128.store(row3, c6);
  v128.store(row3, c7, 16);
}

/**
 * {@link multiplyAdd} with the rows of a interleaved: the k-th values of all four side by side, those of the next k behind
 * them. One pointer instead of four.
 */
export function multiplyAddInterleaved(
  a: usize,
  b: usize,
  depth: i32,
  c: usize,
  cStep: usize,
  add: bool,
): void {
  const zero = f32x4.splat(0);
  const row1 = c + cStep;
  const row2 = row1 + cStep;
  const row3 = row2 + cStep;
  let c0 = add ? v128.load(c) : zero;
  let c1 = add ? v128.load(c, 16) : zero;
  let c2 = add ? v128.load(row1) : zero;
  let c3 = add ? v128.load(row1, 16) : zero;
  let c4 = add ? v128.load(row2) : zero;
  let c5 = add ? v128.load(row2, 16) : zero;
  let c6 = add ? v128.load(row3) : zero;
  let c7 = add ? v128.load(row3, 16) : zero;
  const end = a + <usize>depth * 16;
  while (a !== end) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let value = v128.load32_splat(a);
    c0 = addProducts(c0, value, left);
    c1 = addProducts(c1, value, right);
    value = v128.load32_splat(a, 4);
    c2 = addProducts(c2, value, left);
    c3 = addProducts(c3, value, right);
    value = v128.load32_splat(a, 8);
    c4 = addProducts(c4, value, left);
    c5 = addProducts(c5, value, right);
    value = v128.load32_splat(a, 12);
    c6 = addProducts(c6, value, left);
    c7 = addProducts(c7, value, right);
    a += 16;
    b += PANEL_BYTES;
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(row1, c2);
  v128.store(row1, c3, 16);
  v128.store(row2, c4);
  v128.store(row2, c5, 16);
  v128.store(row3, c6);
  v128.store(row3, c7, 16);
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
