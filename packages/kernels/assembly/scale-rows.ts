import { at } from './micro-kernel';

/**
 * y[i,j,k,c] = x[i,j,k,c]·factors[i,j,k] for the rows [first,last) of the batch × height × width; from one image, line or
 * column to the next the factors are so many values apart: 0 where they share one.
 */
export function scaleRows(
  x: usize,
  factors: usize,
  height: i32,
  width: i32,
  channels: i32,
  imageStep: i32,
  lineStep: i32,
  columnStep: i32,
  y: usize,
  first: i32,
  last: i32,
): void {
  for (let r = first; r < last; r++) {
    const line = r / width;
    const place =
      (line / height) * imageStep + (line % height) * lineStep + (r % width) * columnStep;
    const factor = load<f32>(at(factors, place));
    const factors4 = f32x4.splat(factor);
    const row = r * channels;
    const end = row + channels;
    let i = row;
    for (; i + 4 <= end; i += 4) v128.store(at(y, i), f32x4.mul(v128.load(at(x, i)), factors4));
    for (; i < end; i++) store<f32>(at(y, i), load<f32>(at(x, i)) * factor);
  }
}
