import { exponentials } from './exponential';
import { at } from './micro-kernel';
import { rowProduct, total } from './row-products';

/*
 * The steps of the feature diversification module between its matrix products, for the pair of maps
 * a [·,rows,C] and b [·,columns,C]; names as in docs/derivations/fdm.md. Rows are counted over all
 * images.
 */

/** Norms below this count as this. */
const FLOOR: f32 = 1e-12;

/** 1/max(‖x_s‖, floor) of the rows [first,last). */
export function inverseNorms(x: usize, channels: i32, inverse: usize, first: i32, last: i32): void {
  for (let s = first; s < last; s++) {
    const row = at(x, s * channels);
    let squares = f32x4.splat(0);
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const v = v128.load(at(row, c));
      squares = f32x4.add(squares, f32x4.mul(v, v));
    }
    let sum = total(squares);
    for (; c < channels; c++) sum += load<f32>(at(row, c)) * load<f32>(at(row, c));
    store<f32>(at(inverse, s), <f32>1 / sqrt<f32>(max(sum, FLOOR * FLOOR)));
  }
}

/** E = exp(−n_s·w_m·k_sm) and its row sums r, from the scalar products k; e may be k. */
export function similarity(
  k: usize,
  inverseA: usize,
  inverseB: usize,
  rows: i32,
  columns: i32,
  e: usize,
  r: usize,
  first: i32,
  last: i32,
): void {
  for (let s = first; s < last; s++) {
    const from = at(k, s * columns);
    const to = at(e, s * columns);
    const w = at(inverseB, (s / rows) * columns);
    const n = -load<f32>(at(inverseA, s));
    let sums = f32x4.splat(0);
    let m = 0;
    for (; m + 4 <= columns; m += 4) {
      const cosines = f32x4.mul(v128.load(at(from, m)), v128.load(at(w, m)));
      const values = exponentials(f32x4.mul(cosines, f32x4.splat(n)));
      v128.store(at(to, m), values);
      sums = f32x4.add(sums, values);
    }
    let sum = total(sums);
    for (; m < columns; m++) {
      const cosine = f32x4.splat(load<f32>(at(from, m)) * load<f32>(at(w, m)) * n);
      const value = f32x4.extract_lane(exponentials(cosine), 0);
      store<f32>(at(to, m), value);
      sum += value;
    }
    store<f32>(at(r, s), sum);
  }
}

/** Columns of a strip, by which the sums of columns are divided: a cache line. Callers ask; other kernels may have another. */
export const STRIP: i32 = 16;

/**
 * Σ_s x_sm·y_sm, or Σ_s x_sm without y (0), for the items [first,last) of the images × ⌈columns/STRIP⌉ strips of columns.
 *
 * @param sums [·,columns]
 */
export function columnProducts(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  sums: usize,
  first: i32,
  last: i32,
): void {
  const strips = (columns + STRIP - 1) / STRIP;
  for (let image = first / strips; image * strips < last; image++) {
    const from = max(first - image * strips, 0) * STRIP;
    const until = min(min(last - image * strips, strips) * STRIP, columns);
    const to = at(sums, image * columns);
    memory.fill(at(to, from), 0, (<usize>(until - from)) << 2);
    for (let s = image * rows; s < (image + 1) * rows; s++) {
      const left = at(x, s * columns);
      const right = at(y, s * columns);
      let m = from;
      for (; m + 4 <= until; m += 4) {
        let v = v128.load(at(left, m));
        if (y) v = f32x4.mul(v, v128.load(at(right, m)));
        v128.store(at(to, m), f32x4.add(v128.load(at(to, m)), v));
      }
      for (; m < until; m++) {
        const v = load<f32>(at(left, m)) * (y ? load<f32>(at(right, m)) : 1);
        store<f32>(at(to, m), load<f32>(at(to, m)) + v);
      }
    }
  }
}

/** The weights of both sums: into a, φ·e_sm/r_s, and into b, φ·e_sm/c_m, which may be e. */
export function softmaxes(
  e: usize,
  factor: f32,
  r: usize,
  c: usize,
  rows: i32,
  columns: i32,
  intoA: usize,
  intoB: usize,
  first: i32,
  last: i32,
): void {
  for (let s = first; s < last; s++) {
    const row = s * columns;
    const sums = at(c, (s / rows) * columns);
    const ofRow = factor / load<f32>(at(r, s));
    let m = 0;
    for (; m + 4 <= columns; m += 4) {
      const value = v128.load(at(e, row + m));
      const ofColumns = f32x4.div(f32x4.splat(factor), v128.load(at(sums, m)));
      v128.store(at(intoA, row + m), f32x4.mul(value, f32x4.splat(ofRow)));
      v128.store(at(intoB, row + m), f32x4.mul(value, ofColumns));
    }
    for (; m < columns; m++) {
      const value = load<f32>(at(e, row + m));
      store<f32>(at(intoA, row + m), value * ofRow);
      store<f32>(at(intoB, row + m), (value * factor) / load<f32>(at(sums, m)));
    }
  }
}

/**
 * From the products t1 = a·g_Bᵀ and t2 = g_A·bᵀ to what a and b are averaged with, in place: t1
 * becomes φ·e/c, t2 becomes φ·e/r, and e becomes d, the gradient of the scalar products k.
 *
 * @param u Σ_s e_sm·t1_sm
 * @param kappa gets Σ_m d_sm·k_sm, what the directions of a take back
 */
export function similarityGradient(
  e: usize,
  k: usize,
  t1: usize,
  t2: usize,
  factor: f32,
  inverseA: usize,
  inverseB: usize,
  r: usize,
  c: usize,
  u: usize,
  rows: i32,
  columns: i32,
  kappa: usize,
  first: i32,
  last: i32,
): void {
  for (let s = first; s < last; s++) {
    const row = s * columns;
    const column = (s / rows) * columns;
    const n = -load<f32>(at(inverseA, s));
    const ofRow = factor / load<f32>(at(r, s));
    const v = (ofRow / load<f32>(at(r, s))) * rowProduct(at(e, row), at(t2, row), columns);
    let kappas = f32x4.splat(0);
    let m = 0;
    for (; m + 4 <= columns; m += 4) {
      const value = v128.load(at(e, row + m));
      const sums = v128.load(at(c, column + m));
      const ofColumn = f32x4.div(f32x4.splat(factor), sums);
      const fromB = f32x4.mul(v128.load(at(t1, row + m)), ofColumn);
      const fromA = f32x4.mul(v128.load(at(t2, row + m)), f32x4.splat(ofRow));
      const back = f32x4.mul(f32x4.div(v128.load(at(u, column + m)), sums), ofColumn);
      const de = f32x4.sub(f32x4.sub(f32x4.add(fromA, fromB), back), f32x4.splat(v));
      const scale = f32x4.mul(v128.load(at(inverseB, column + m)), f32x4.splat(n));
      const d = f32x4.mul(f32x4.mul(value, de), scale);
      kappas = f32x4.add(kappas, f32x4.mul(d, v128.load(at(k, row + m))));
      v128.store(at(t1, row + m), f32x4.mul(value, ofColumn));
      v128.store(at(t2, row + m), f32x4.mul(value, f32x4.splat(ofRow)));
      v128.store(at(e, row + m), d);
    }
    let sum = total(kappas);
    for (; m < columns; m++) {
      const value = load<f32>(at(e, row + m));
      const ofColumn = factor / load<f32>(at(c, column + m));
      const t = load<f32>(at(t1, row + m)) * ofColumn + load<f32>(at(t2, row + m)) * ofRow;
      const back = (load<f32>(at(u, column + m)) / load<f32>(at(c, column + m))) * ofColumn;
      const d = value * (t - back - v) * load<f32>(at(inverseB, column + m)) * n;
      sum += d * load<f32>(at(k, row + m));
      store<f32>(at(t1, row + m), value * ofColumn);
      store<f32>(at(t2, row + m), value * ofRow);
      store<f32>(at(e, row + m), d);
    }
    store<f32>(at(kappa, s), sum);
  }
}

/** dx_s −= κ_s·x_s/‖x_s‖², where the norm is above the floor, for the rows [first,last). */
export function directionGradient(
  dx: usize,
  x: usize,
  kappa: usize,
  inverse: usize,
  channels: i32,
  first: i32,
  last: i32,
): void {
  for (let s = first; s < last; s++) {
    const n = load<f32>(at(inverse, s));
    if (n >= <f32>1 / FLOOR) continue;
    const share = -load<f32>(at(kappa, s)) * n * n;
    const from = at(x, s * channels);
    const to = at(dx, s * channels);
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const back = f32x4.mul(v128.load(at(from, c)), f32x4.splat(share));
      v128.store(at(to, c), f32x4.add(v128.load(at(to, c)), back));
    }
    for (; c < channels; c++) {
      store<f32>(at(to, c), load<f32>(at(to, c)) + share * load<f32>(at(from, c)));
    }
  }
}
