import { at } from './micro-kernel';

/** Values that are added as float32; their sum is added as float64. */
const BLOCK: i32 = 512;

/** sums[r] = Σ x[r,i] over i, for x [·,length] and r in [first,last). */
export function rowSums(x: usize, length: i32, first: i32, last: i32, sums: usize): void {
  for (let r = first; r < last; r++) {
    let from = at(x, r * length);
    let total: f64 = 0;
    for (let rest = length; rest > 0; rest -= BLOCK) {
      total += <f64>blockSum(from, min(rest, BLOCK));
      from = at(from, BLOCK);
    }
    store<f32>(at(sums, r), <f32>total);
  }
}

function blockSum(x: usize, length: i32): f32 {
  let i = 0;
  // Four sums at a time hide the latency of the additions.
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (; i + 16 <= length; i += 16) {
    const p = at(x, i);
    s0 = f32x4.add(s0, v128.load(p));
    s1 = f32x4.add(s1, v128.load(p, 16));
    s2 = f32x4.add(s2, v128.load(p, 32));
    s3 = f32x4.add(s3, v128.load(p, 48));
  }
  const s = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  let sum =
    f32x4.extract_lane(s, 0) +
    f32x4.extract_lane(s, 1) +
    (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
  for (; i < length; i++) sum += load<f32>(at(x, i));
  return sum;
}
