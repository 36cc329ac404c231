/*
 * Winograd's fast convolution F(4×4, 3×3): a tile of 4×4 outputs needs 36 products for each pair of
 * channels instead of 144. With the points 0, ±√½, ±√2 and ∞ (docs/derivations/winograd.md)
 *
 *   y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A
 *
 * for a tile x of 6×6 inputs. Each function here transforms one line, for four channels at a time.
 */

/** Outputs of a tile along one axis. */
export const TILE: i32 = 4;
/** Inputs and products of a tile along one axis. */
export const POINTS: i32 = 6;
/** Products of a tile. */
export const PRODUCTS: usize = 36;
/** That this library has the algorithm; where the CPU multiplies matrices by itself it would not pay. */
export const WINOGRAD: usize = 1;

const ROOT_2: f32 = <f32>Math.SQRT2;
const ROOT_HALF: f32 = <f32>Math.SQRT1_2;
const ROOT_8: f32 = 2.8284271247461903;
const ROOT_EIGHTH: f32 = 0.3535533905932738;

function times(factor: f32, x: v128): v128 {
  return f32x4.mul(f32x4.splat(factor), x);
}

/** Bᵀ: six inputs to six points. */
export function inputLine(
  x0: v128,
  x1: v128,
  x2: v128,
  x3: v128,
  x4: v128,
  x5: v128,
  to: usize,
  step: usize,
): void {
  const even1 = f32x4.sub(x4, times(2, x2));
  const odd1 = f32x4.sub(times(ROOT_HALF, x3), times(ROOT_2, x1));
  const even2 = f32x4.sub(x4, times(0.5, x2));
  const odd2 = f32x4.sub(times(ROOT_2, x3), times(ROOT_HALF, x1));
  v128.store(to, f32x4.add(f32x4.sub(x0, times(2.5, x2)), x4));
  v128.store(to + step, f32x4.add(even1, odd1));
  v128.store(to + 2 * step, f32x4.sub(even1, odd1));
  v128.store(to + 3 * step, f32x4.add(even2, odd2));
  v128.store(to + 4 * step, f32x4.sub(even2, odd2));
  v128.store(to + 5 * step, f32x4.add(f32x4.sub(x1, times(2.5, x3)), x5));
}

/** G: three weights to six points. */
export function filterLine(w0: v128, w1: v128, w2: v128, to: usize, step: usize): void {
  const even1 = times(-2.0 / 3.0, f32x4.add(w0, times(0.5, w2)));
  const odd1 = times((-2.0 / 3.0) * ROOT_HALF, w1);
  const even2 = times(1.0 / 6.0, f32x4.add(w0, times(2, w2)));
  const odd2 = times((1.0 / 6.0) * ROOT_2, w1);
  v128.store(to, w0);
  v128.store(to + step, f32x4.add(even1, odd1));
  v128.store(to + 2 * step, f32x4.sub(even1, odd1));
  v128.store(to + 3 * step, f32x4.add(even2, odd2));
  v128.store(to + 4 * step, f32x4.sub(even2, odd2));
  v128.store(to + 5 * step, w2);
}

/** Aᵀ: six points, `fromStep` bytes apart, to four outputs. */
export function outputLine(from: usize, fromStep: usize, to: usize, step: usize): void {
  const m1 = v128.load(from + fromStep);
  const m2 = v128.load(from + 2 * fromStep);
  const m3 = v128.load(from + 3 * fromStep);
  const m4 = v128.load(from + 4 * fromStep);
  const sum1 = f32x4.add(m1, m2);
  const sum2 = f32x4.add(m3, m4);
  const difference1 = f32x4.sub(m1, m2);
  const difference2 = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(v128.load(from), sum1), sum2));
  v128.store(to + step, f32x4.add(times(ROOT_HALF, difference1), times(ROOT_2, difference2)));
  v128.store(to + 2 * step, f32x4.add(times(0.5, sum1), times(2, sum2)));
  const odd = f32x4.add(times(ROOT_EIGHTH, difference1), times(ROOT_8, difference2));
  v128.store(to + 3 * step, f32x4.add(odd, v128.load(from + 5 * fromStep)));
}

/** A: the gradients of four outputs to those of six points. */
export function outputGradientLine(
  y0: v128,
  y1: v128,
  y2: v128,
  y3: v128,
  to: usize,
  step: usize,
): void {
  const even1 = f32x4.add(y0, times(0.5, y2));
  const odd1 = f32x4.add(times(ROOT_HALF, y1), times(ROOT_EIGHTH, y3));
  const even2 = f32x4.add(y0, times(2, y2));
  const odd2 = f32x4.add(times(ROOT_2, y1), times(ROOT_8, y3));
  v128.store(to, y0);
  v128.store(to + step, f32x4.add(even1, odd1));
  v128.store(to + 2 * step, f32x4.sub(even1, odd1));
  v128.store(to + 3 * step, f32x4.add(even2, odd2));
  v128.store(to + 4 * step, f32x4.sub(even2, odd2));
  v128.store(to + 5 * step, y3);
}

/** Gᵀ: the gradients of six points, `fromStep` bytes apart, to those of three weights. */
export function filterGradientLine(from: usize, fromStep: usize, to: usize, step: usize): void {
  const s1 = v128.load(from + fromStep);
  const s2 = v128.load(from + 2 * fromStep);
  const s3 = v128.load(from + 3 * fromStep);
  const s4 = v128.load(from + 4 * fromStep);
  const sum1 = f32x4.add(s1, s2);
  const sum2 = f32x4.add(s3, s4);
  const ends = f32x4.sub(times(1.0 / 6.0, sum2), times(2.0 / 3.0, sum1));
  v128.store(to, f32x4.add(v128.load(from), ends));
  const middle1 = times((-2.0 / 3.0) * ROOT_HALF, f32x4.sub(s1, s2));
  const middle2 = times((1.0 / 6.0) * ROOT_2, f32x4.sub(s3, s4));
  v128.store(to + step, f32x4.add(middle1, middle2));
  const third = times(1.0 / 3.0, f32x4.sub(sum2, sum1));
  v128.store(to + 2 * step, f32x4.add(third, v128.load(from + 5 * fromStep)));
}
