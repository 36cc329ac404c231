import { at } from './micro-kernel';

/** sum = a + b for the values [first,last). */
export function addValues(a: usize, b: usize, sum: usize, first: i32, last: i32): void {
  let i = first;
  for (; i + 4 <= last; i += 4) {
    v128.store(at(sum, i), f32x4.add(v128.load(at(a, i)), v128.load(at(b, i))));
  }
  for (; i < last; i++) store<f32>(at(sum, i), load<f32>(at(a, i)) + load<f32>(at(b, i)));
}

/** dx = dy where y is not 0 or less, else 0, for the values [first,last). */
export function reluGradient(dy: usize, y: usize, dx: usize, first: i32, last: i32): void {
  const zero = f32x4.splat(0);
  let i = first;
  for (; i + 4 <= last; i += 4) {
    const stopped = f32x4.le(v128.load(at(y, i)), zero);
    v128.store(at(dx, i), v128.andnot(v128.load(at(dy, i)), stopped));
  }
  for (; i < last; i++) {
    store<f32>(at(dx, i), load<f32>(at(y, i)) <= 0 ? 0 : load<f32>(at(dy, i)));
  }
}

/** dx = dy where low ≤ x ≤ high, else 0, for the values [first,last). */
export function clipGradient(
  dy: usize,
  x: usize,
  dx: usize,
  low: f32,
  high: f32,
  first: i32,
  last: i32,
): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  let i = first;
  for (; i + 4 <= last; i += 4) {
    const values = v128.load(at(x, i));
    const within = v128.and(f32x4.ge(values, lows), f32x4.le(values, highs));
    v128.store(at(dx, i), v128.and(v128.load(at(dy, i)), within));
  }
  for (; i < last; i++) {
    const value = load<f32>(at(x, i));
    store<f32>(at(dx, i), value >= low && value <= high ? load<f32>(at(dy, i)) : 0);
  }
}

/**
 * nextVelocity = momentum·velocity + gradient + weightDecay·weight;
 * nextWeight = weight − learningRate·nextVelocity, for the values [first,last).
 */
export function sgd(
  weight: usize,
  velocity: usize,
  gradient: usize,
  nextWeight: usize,
  nextVelocity: usize,
  learningRate: f32,
  momentum: f32,
  weightDecay: f32,
  first: i32,
  last: i32,
): void {
  const rates = f32x4.splat(learningRate);
  const momenta = f32x4.splat(momentum);
  const decays = f32x4.splat(weightDecay);
  let i = first;
  for (; i + 4 <= last; i += 4) {
    const w = v128.load(at(weight, i));
    const g = f32x4.add(v128.load(at(gradient, i)), f32x4.mul(decays, w));
    const v = f32x4.add(f32x4.mul(momenta, v128.load(at(velocity, i))), g);
    v128.store(at(nextVelocity, i), v);
    v128.store(at(nextWeight, i), f32x4.sub(w, f32x4.mul(rates, v)));
  }
  for (; i < last; i++) {
    const w = load<f32>(at(weight, i));
    const g = load<f32>(at(gradient, i)) + weightDecay * w;
    const v = momentum * load<f32>(at(velocity, i)) + g;
    store<f32>(at(nextVelocity, i), v);
    store<f32>(at(nextWeight, i), w - learningRate * v);
  }
}

/** sums[ids[r],c] += x[r,c]; ids outside of [0,segments) are left out. */
export function segmentSum(
  x: usize,
  ids: usize,
  rows: i32,
  channels: i32,
  segments: i32,
  sums: usize,
): void {
  memory.fill(sums, 0, (<usize>(segments * channels)) << 2);
  for (let r = 0; r < rows; r++) {
    const id = load<i32>(at(ids, r));
    if (<u32>id >= <u32>segments) continue;
    const from = at(x, r * channels);
    const to = at(sums, id * channels);
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      v128.store(at(to, c), f32x4.add(v128.load(at(to, c)), v128.load(at(from, c))));
    }
    for (; c < channels; c++) {
      store<f32>(at(to, c), load<f32>(at(to, c)) + load<f32>(at(from, c)));
    }
  }
}

/**
 * Copies a part of an array of four dimensions: runs of `length` values, `step2` values apart in x,
 * for the rows [first,last) of the first two dimensions, `size1` of them in each of the first.
 *
 * @param x where the part begins
 */
export function slice(
  x: usize,
  step0: i32,
  step1: i32,
  step2: i32,
  size1: i32,
  size2: i32,
  length: i32,
  y: usize,
  first: i32,
  last: i32,
): void {
  const bytes = (<usize>length) << 2;
  let to = at(y, first * size2 * length);
  for (let r = first; r < last; r++) {
    let from = at(x, (r / size1) * step0 + (r % size1) * step1);
    for (let k = 0; k < size2; k++) {
      memory.copy(to, from, bytes);
      from = at(from, step2);
      to += bytes;
    }
  }
}

/**
 * An array of three dimensions with the same value around it: rows [first,last) of the result's first two dimensions,
 * out1 of them in each of the first, of out2 values each.
 *
 * @param before0 how many come before x along the first dimension; before1 and before2 likewise
 * @param value its four bytes
 */
export function pad(
  x: usize,
  size0: i32,
  size1: i32,
  size2: i32,
  before0: i32,
  before1: i32,
  before2: i32,
  out1: i32,
  out2: i32,
  value: i32,
  y: usize,
  first: i32,
  last: i32,
): void {
  const bytes = (<usize>size2) << 2;
  const after = out2 - before2 - size2;
  let to = at(y, first * out2);
  for (let r = first; r < last; r++) {
    const i = r / out1 - before0;
    const j = (r % out1) - before1;
    if (i < 0 || i >= size0 || j < 0 || j >= size1) {
      fill(to, out2, value);
    } else {
      fill(to, before2, value);
      memory.copy(at(to, before2), at(x, (i * size1 + j) * size2), bytes);
      fill(at(to, before2 + size2), after, value);
    }
    to = at(to, out2);
  }
}

function fill(to: usize, count: i32, value: i32): void {
  for (let i = 0; i < count; i++) store<i32>(at(to, i), value);
}

/** y[i] = x[indices[i]] for the rows i in [first,last) of `length` values. */
export function gather(
  x: usize,
  indices: usize,
  length: i32,
  y: usize,
  first: i32,
  last: i32,
): void {
  const bytes = (<usize>length) << 2;
  for (let i = first; i < last; i++) {
    memory.copy(at(y, i * length), at(x, load<i32>(at(indices, i)) * length), bytes);
  }
}
