import { at } from './micro-kernel';

/**
 * y = eˣ for the values [first,last), to within 2 units in the last place.
 *
 * eˣ = 2ⁿ·eʳ with n = x/ln 2 rounded and |r| ≤ ln 2 / 2; eʳ by its Taylor polynomial. 2ⁿ is applied
 * in two halves, so that results below the normal range, and just below infinity, come out right.
 */
export function exponential(x: usize, y: usize, first: i32, last: i32): void {
  let i = first;
  for (; i + 4 <= last; i += 4) v128.store(at(y, i), exponentials(v128.load(at(x, i))));
  for (; i < last; i++) {
    const value = exponentials(v128.load32_splat(at(x, i)));
    store<f32>(at(y, i), f32x4.extract_lane(value, 0));
  }
}

/** eˣ of four values. */
export function exponentials(x: v128): v128 {
  // Beyond these bounds the result is 0 or infinite; this order of the arguments lets NaN through.
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(<f32>Math.LOG2E)));
  // ln 2 in two parts, the first of which gives an exact product with n
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.1219444e-4)));
  let p = f32x4.splat(1 / 5040);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1 / 720));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1 / 120));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1 / 24));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1 / 6));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** 2ⁿ for −126 ≤ n ≤ 127, by its bits. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}
