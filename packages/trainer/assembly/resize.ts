// The two passes of a resize in fixed point, with 8-bit pixels between them: sums of bytes times
// weights of 22 fractional bits, which stay below 2³¹.
export const FRACTION_BITS: i32 = 22;
const HALF: i32 = 1 << (FRACTION_BITS - 1);

/** Bytes that the functions here may touch behind the end of an area: they load and store whole vectors. */
export const BYTES_BEHIND: i32 = 16;

/**
 * [rows,width,3] → [rows,outputs,3]: output x is the sum of the `count` pixels from first[x] on times
 * weights[x,·]. Reads and writes up to {@link BYTES_BEHIND} behind.
 */
export function resizeRows(
  input: usize,
  width: i32,
  rows: i32,
  first: usize,
  weights: usize,
  count: i32,
  outputs: i32,
  result: usize,
): void {
  for (let y = 0; y < rows; y++) {
    const row = input + y * width * 3;
    let out = result + y * outputs * 3;
    let x = 0;
    for (; x + 4 <= outputs; x += 4, out += 12) {
      const a = pixel(row, first, weights, count, x);
      const b = pixel(row, first, weights, count, x + 1);
      const c = pixel(row, first, weights, count, x + 2);
      const d = pixel(row, first, weights, count, x + 3);
      const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d));
      v128.store(
        out,
        i8x16.shuffle(bytes, bytes, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0),
      );
    }
    for (; x < outputs; x++, out += 3) {
      const a = pixel(row, first, weights, count, x);
      store<u8>(out, i32x4.extract_lane(a, 0));
      store<u8>(out + 1, i32x4.extract_lane(a, 1));
      store<u8>(out + 2, i32x4.extract_lane(a, 2));
    }
  }
}

/** Red, green, blue of an output in the first three lanes; the fourth is a by-product. */
function pixel(row: usize, first: usize, weights: usize, count: i32, x: i32): v128 {
  let from = row + load<i32>(first + (x << 2)) * 3;
  let weight = weights + ((x * count) << 2);
  let sum = i32x4.splat(HALF);
  for (let k = 0; k < count; k++, from += 3, weight += 4) {
    const channels = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from)));
    sum = i32x4.add(sum, i32x4.mul(channels, v128.load32_splat(weight)));
  }
  return i32x4.shr_u(sum, FRACTION_BITS);
}

/**
 * [rows,length] → [outputs,length] at rows of `stride` bytes: output y is the sum of the `count` rows
 * from first[y] on times weights[y,·].
 */
export function resizeColumns(
  input: usize,
  length: i32,
  first: usize,
  weights: usize,
  count: i32,
  outputs: i32,
  result: usize,
  stride: i32,
): void {
  for (let y = 0; y < outputs; y++) {
    const rows = input + load<i32>(first + (y << 2)) * length;
    const own = weights + ((y * count) << 2);
    const out = result + y * stride;
    let i = 0;
    for (; i + 16 <= length; i += 16) {
      let a = i32x4.splat(HALF);
      let b = a;
      let c = a;
      let d = a;
      let from = rows + i;
      for (let k = 0; k < count; k++, from += length) {
        const weight = v128.load32_splat(own + (k << 2));
        const bytes = v128.load(from);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), weight));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), weight));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), weight));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), weight));
      }
      a = i16x8.narrow_i32x4_u(i32x4.shr_u(a, FRACTION_BITS), i32x4.shr_u(b, FRACTION_BITS));
      c = i16x8.narrow_i32x4_u(i32x4.shr_u(c, FRACTION_BITS), i32x4.shr_u(d, FRACTION_BITS));
      v128.store(out + i, i8x16.narrow_i16x8_u(a, c));
    }
    for (; i < length; i++) {
      let sum = HALF;
      for (let k = 0, from = rows + i; k < count; k++, from += length) {
        sum += load<u8>(from) * load<i32>(own + (k << 2));
      }
      store<u8>(out + i, sum >>> FRACTION_BITS);
    }
  }
}

/**
 * Copies width × height pixels from rows of `inputStride` bytes to rows of `stride` bytes, mirrored left
 * and right if `flip` is not 0. Reads up to {@link BYTES_BEHIND} behind the input.
 */
export function copyWindow(
  input: usize,
  inputStride: i32,
  width: i32,
  height: i32,
  flip: i32,
  result: usize,
  stride: i32,
): void {
  for (let y = 0; y < height; y++) {
    const row = input + y * inputStride;
    const out = result + y * stride;
    if (flip) mirrorRow(row, width, out);
    else memory.copy(out, row, width * 3);
  }
}

function mirrorRow(row: usize, width: i32, result: usize): void {
  let x = 0;
  // Five pixels at a time; the byte that is stored behind them belongs to the next ones.
  for (; x + 6 <= width; x += 5) {
    const five = v128.load(row + (width - 5 - x) * 3);
    const mirrored = i8x16.shuffle(five, five, 12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2, 0);
    v128.store(result + x * 3, mirrored);
  }
  for (; x < width; x++) memory.copy(result + x * 3, row + (width - 1 - x) * 3, 3);
}
