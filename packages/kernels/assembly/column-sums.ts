import { at } from './micro-kernel';

/** Rows whose sums are taken together, so that they stay in the cache and errors stay small. */
export function rowsPerBlock(channels: i32): i32 {
  return max(4, (4096 / channels) & ~3);
}

/** sums[o,c] = Σ x[o,r,c] over r, for x [·,rows,channels] and o in [first,last). */
export function columnSums(
  x: usize,
  channels: i32,
  rows: i32,
  first: i32,
  last: i32,
  sums: usize,
): void {
  const block = rowsPerBlock(channels);
  for (let o = first; o < last; o++) {
    const matrix = at(x, o * rows * channels);
    const target = at(sums, o * channels);
    memory.fill(target, 0, (<usize>channels) << 2);
    for (let r = 0; r < rows; r += block) {
      addColumns(at(matrix, r * channels), channels, min(block, rows - r), target);
    }
  }
}

/** sums[c] += Σ x[r,c] over `rows` rows. */
export function addColumns(x: usize, channels: i32, rows: i32, sums: usize): void {
  const stride = (<usize>channels) << 2;
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    let p = at(x, c);
    let r = 0;
    // Four sums at a time hide the latency of the additions.
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (; r + 4 <= rows; r += 4) {
      s0 = f32x4.add(s0, v128.load(p));
      s1 = f32x4.add(s1, v128.load(p + stride));
      s2 = f32x4.add(s2, v128.load(p + 2 * stride));
      s3 = f32x4.add(s3, v128.load(p + 3 * stride));
      p += 4 * stride;
    }
    for (; r < rows; r++, p += stride) s0 = f32x4.add(s0, v128.load(p));
    const sum = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
    v128.store(at(sums, c), f32x4.add(v128.load(at(sums, c)), sum));
  }
  for (; c < channels; c++) {
    let sum: f32 = 0;
    let p = at(x, c);
    for (let r = 0; r < rows; r++, p += stride) sum += load<f32>(p);
    store<f32>(at(sums, c), load<f32>(at(sums, c)) + sum);
  }
}
