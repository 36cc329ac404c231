import { addColumns, rowsPerBlock } from './column-sums';
import { at } from './micro-kernel';

/** Mean and squares of a block. */
export function momentsScratchBytes(channels: i32): usize {
  return (<usize>(2 * channels)) << 2;
}

/**
 * Mean and sum of squared deviations from it, for each channel of the rows [first,last) of
 * x [·,channels].
 *
 * One pass over memory: a block of rows gives its own mean and, while it is in the cache, the
 * deviations from that; blocks are merged by the formula of Chan, Golub and LeVeque (1979). So
 * nothing cancels where the mean is large.
 *
 * @param scratch {@link momentsScratchBytes}
 */
export function moments(
  x: usize,
  channels: i32,
  first: i32,
  last: i32,
  mean: usize,
  deviations: usize,
  scratch: usize,
): void {
  const bytes = (<usize>channels) << 2;
  memory.fill(mean, 0, bytes);
  memory.fill(deviations, 0, bytes);
  const squares = scratch + bytes;
  const block = rowsPerBlock(channels);
  for (let r = first; r < last; r += block) {
    const rows = min(block, last - r);
    const base = at(x, r * channels);
    memory.fill(scratch, 0, 2 * bytes);
    addColumns(base, channels, rows, scratch);
    for (let c = 0; c < channels; c++) {
      store<f32>(at(scratch, c), load<f32>(at(scratch, c)) / <f32>rows);
    }
    addSquares(base, channels, rows, scratch, squares);
    mergeMoments(channels, mean, deviations, <f32>(r - first), scratch, squares, <f32>rows);
  }
}

/** squares[c] += Σ (x[r,c] − mean[c])² */
function addSquares(x: usize, channels: i32, rows: i32, mean: usize, squares: usize): void {
  const stride = (<usize>channels) << 2;
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const m = v128.load(at(mean, c));
    let p = at(x, c);
    let r = 0;
    let s0 = v128.load(at(squares, c));
    let s1 = f32x4.splat(0);
    for (; r + 2 <= rows; r += 2) {
      const d0 = f32x4.sub(v128.load(p), m);
      const d1 = f32x4.sub(v128.load(p + stride), m);
      s0 = f32x4.add(s0, f32x4.mul(d0, d0));
      s1 = f32x4.add(s1, f32x4.mul(d1, d1));
      p += 2 * stride;
    }
    if (r < rows) {
      const d = f32x4.sub(v128.load(p), m);
      s0 = f32x4.add(s0, f32x4.mul(d, d));
    }
    v128.store(at(squares, c), f32x4.add(s0, s1));
  }
  for (; c < channels; c++) {
    const m = load<f32>(at(mean, c));
    let s = load<f32>(at(squares, c));
    let p = at(x, c);
    for (let r = 0; r < rows; r++, p += stride) {
      const d = load<f32>(p) - m;
      s += d * d;
    }
    store<f32>(at(squares, c), s);
  }
}

/** Merges the moments of m more rows into those of n rows. */
function mergeMoments(
  channels: i32,
  mean: usize,
  deviations: usize,
  n: f32,
  otherMean: usize,
  otherDeviations: usize,
  m: f32,
): void {
  const weight = m / (n + m);
  for (let c = 0; c < channels; c++) {
    const delta = load<f32>(at(otherMean, c)) - load<f32>(at(mean, c));
    store<f32>(at(mean, c), load<f32>(at(mean, c)) + delta * weight);
    const between = delta * delta * n * weight;
    const within = load<f32>(at(deviations, c)) + load<f32>(at(otherDeviations, c));
    store<f32>(at(deviations, c), within + between);
  }
}
