import { rowsPerBlock } from './column-sums';
import { at } from './micro-kernel';

/**
 * y = [relu](scale·x + shift [+ residual]) for the rows [first,last).
 *
 * @param residual of x's shape, or 0
 */
export function normalize(
  x: usize,
  scale: usize,
  shift: usize,
  residual: usize,
  y: usize,
  channels: i32,
  relu: bool,
  first: i32,
  last: i32,
): void {
  const floor: f32 = relu ? 0 : -Infinity;
  const floors = f32x4.splat(floor);
  const zero = f32x4.splat(0);
  for (let i = first * channels; i < last * channels; i += channels) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      let v = f32x4.add(
        f32x4.mul(v128.load(at(x, i + c)), v128.load(at(scale, c))),
        v128.load(at(shift, c)),
      );
      v = f32x4.add(v, residual ? v128.load(at(residual, i + c)) : zero);
      v128.store(at(y, i + c), f32x4.pmax(v, floors)); // this order lets NaN through
    }
    for (; c < channels; c++) {
      let v = load<f32>(at(x, i + c)) * load<f32>(at(scale, c)) + load<f32>(at(shift, c));
      if (residual) v += load<f32>(at(residual, i + c));
      store<f32>(at(y, i + c), v < floor ? floor : v);
    }
  }
}

/** dy where y is not 0 or less, else 0; dy everywhere if there is no y. */
function masked(dy: usize, y: usize, i: i32): v128 {
  const g = v128.load(at(dy, i));
  return y ? v128.andnot(g, f32x4.le(v128.load(at(y, i)), f32x4.splat(0))) : g;
}

function maskedScalar(dy: usize, y: usize, i: i32): f32 {
  return y && load<f32>(at(y, i)) <= 0 ? 0 : load<f32>(at(dy, i));
}

/**
 * The two sums of the gradient, for the rows [first,last): Σ g and Σ g·(x − mean), where g is dy
 * behind the ReLU's mask.
 *
 * @param y the output of a ReLU, or 0
 */
export function batchNormGradientSums(
  dy: usize,
  x: usize,
  y: usize,
  mean: usize,
  channels: i32,
  first: i32,
  last: i32,
  sums: usize,
  products: usize,
): void {
  memory.fill(sums, 0, (<usize>channels) << 2);
  memory.fill(products, 0, (<usize>channels) << 2);
  const block = rowsPerBlock(channels);
  for (let start = first; start < last; start += block) {
    const end = min(start + block, last) * channels;
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const m = v128.load(at(mean, c));
      let s = f32x4.splat(0);
      let t = s;
      for (let i = start * channels + c; i < end; i += channels) {
        const g = masked(dy, y, i);
        s = f32x4.add(s, g);
        t = f32x4.add(t, f32x4.mul(g, f32x4.sub(v128.load(at(x, i)), m)));
      }
      v128.store(at(sums, c), f32x4.add(v128.load(at(sums, c)), s));
      v128.store(at(products, c), f32x4.add(v128.load(at(products, c)), t));
    }
    for (; c < channels; c++) {
      const m = load<f32>(at(mean, c));
      let s: f32 = 0;
      let t: f32 = 0;
      for (let i = start * channels + c; i < end; i += channels) {
        const g = maskedScalar(dy, y, i);
        s += g;
        t += g * (load<f32>(at(x, i)) - m);
      }
      store<f32>(at(sums, c), load<f32>(at(sums, c)) + s);
      store<f32>(at(products, c), load<f32>(at(products, c)) + t);
    }
  }
}

/**
 * dx = k·g + b·x + d for the rows [first,last), with k, b, d per channel; and dresidual = g.
 *
 * @param y the output of a ReLU, or 0
 * @param dresidual of x's shape, or 0
 */
export function batchNormGradient(
  dy: usize,
  x: usize,
  y: usize,
  k: usize,
  b: usize,
  d: usize,
  dx: usize,
  dresidual: usize,
  channels: i32,
  first: i32,
  last: i32,
): void {
  for (let i = first * channels; i < last * channels; i += channels) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const g = masked(dy, y, i + c);
      const linear = f32x4.add(
        f32x4.mul(v128.load(at(x, i + c)), v128.load(at(b, c))),
        v128.load(at(d, c)),
      );
      v128.store(at(dx, i + c), f32x4.add(f32x4.mul(g, v128.load(at(k, c))), linear));
      if (dresidual) v128.store(at(dresidual, i + c), g);
    }
    for (; c < channels; c++) {
      const g = maskedScalar(dy, y, i + c);
      const linear = load<f32>(at(x, i + c)) * load<f32>(at(b, c)) + load<f32>(at(d, c));
      store<f32>(at(dx, i + c), g * load<f32>(at(k, c)) + linear);
      if (dresidual) store<f32>(at(dresidual, i + c), g);
    }
  }
}
