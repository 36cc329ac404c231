import { at } from './micro-kernel';

/** products[r] = Σ x[r,i]·y[r,i] over i, for x and y [·,length] and r in [first,last). */
export function rowProducts(
  x: usize,
  y: usize,
  length: i32,
  products: usize,
  first: i32,
  last: i32,
): void {
  for (let r = first; r < last; r++) {
    const row = r * length;
    store<f32>(at(products, r), rowProduct(at(x, row), at(y, row), length));
  }
}

/** Σ x_i·y_i */
export function rowProduct(x: usize, y: usize, length: i32): f32 {
  let sums = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(at(x, i)), v128.load(at(y, i))));
  }
  let sum = total(sums);
  for (; i < length; i++) sum += load<f32>(at(x, i)) * load<f32>(at(y, i));
  return sum;
}

/** The sum of the four values. */
export function total(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}
