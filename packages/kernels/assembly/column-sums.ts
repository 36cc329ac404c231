import { at } from './micro-kernel';

/** Rows whose sums are taken together, so that they stay in the cache and errors stay small. */
export function rowsPerBlock(channels: i32): i32 {
  return max(4, (4096 / channels) & ~3);
}

/** Blocks whose sums are added as float32; their sum is added as float64. */
const BLOCKS: i32 = 64;

/** Sums of one matrix as float64. */
export function columnSumsScratchBytes(channels: i32): usize {
  return (<usize>channels) << 3;
}

/**
 * sums[o,c] = Σ x[o,r,c] over r, for x [·,rows,channels] and o in [first,last).
 *
 * @param scratch {@link columnSumsScratchBytes}
 */
export function columnSums(
  x: usize,
  channels: i32,
  rows: i32,
  first: i32,
  last: i32,
  sums: usize,
  scratch: usize,
): void {
  const block = rowsPerBlock(channels);
  const group = BLOCKS * block;
  const bytes = (<usize>channels) << 2;
  for (let o = first; o < last; o++) {
    const matrix = at(x, o * rows * channels);
    const target = at(sums, o * channels);
    if (rows > group) memory.fill(scratch, 0, columnSumsScratchBytes(channels));
    for (let start = 0; start < rows; start += group) {
      const end = min(start + group, rows);
      memory.fill(target, 0, bytes);
      for (let r = start; r < end; r += block) {
        addColumns(at(matrix, r * channels), channels, min(block, end - r), target);
      }
      if (rows > group) addToTotals(target, scratch, channels);
    }
    if (rows > group) roundTotals(scratch, target, channels);
  }
}

function addToTotals(sums: usize, totals: usize, channels: i32): void {
  for (let c = 0; c < channels; c++) {
    const total = totals + ((<usize>c) << 3);
    store<f64>(total, load<f64>(total) + <f64>load<f32>(at(sums, c)));
  }
}

function roundTotals(totals: usize, sums: usize, channels: i32): void {
  for (let c = 0; c < channels; c++) {
    store<f32>(at(sums, c), <f32>load<f64>(totals + ((<usize>c) << 3)));
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
