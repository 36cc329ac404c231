import { type FilterWeights, filterWeights } from '../../src/resize/filter-weights.ts';
import type { Pixels, Window } from '../../src/resize/resize.ts';

const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);

/** As {@link resizeToBytes} without a square around the window, in plain loops. */
export function plainResize({ data, width, height }: Pixels, size: number, window: Window) {
  const across = filterWeights(width, size, window.left, window.width, FRACTION_BITS);
  const down = filterWeights(height, size, window.top, window.height, FRACTION_BITS);
  const firstRow = down.first[0] ?? 0;
  const lastRow = (down.first[window.height - 1] ?? 0) + down.count;
  const rows = data.subarray(firstRow * width * 3, lastRow * width * 3);
  return resizeColumns(resizeRows(rows, width, across), window.width * 3, down, firstRow);
}

// [rows,width,3] → [rows,outputs,3]
function resizeRows(
  input: Uint8Array,
  width: number,
  { first, weights, count }: FilterWeights,
): Uint8Array {
  const rows = input.length / (width * 3);
  const result = new Uint8Array(rows * first.length * 3);
  for (let y = 0, out = 0; y < rows; y++) {
    for (let x = 0, k = 0; x < first.length; x++) {
      let at = (y * width + (first[x] as number)) * 3;
      let r = HALF;
      let g = HALF;
      let b = HALF;
      for (const end = k + count; k < end; k++, at += 3) {
        const weight = weights[k] as number;
        r = (r + (input[at] as number) * weight) | 0;
        g = (g + (input[at + 1] as number) * weight) | 0;
        b = (b + (input[at + 2] as number) * weight) | 0;
      }
      result[out] = r >> FRACTION_BITS;
      result[out + 1] = g >> FRACTION_BITS;
      result[out + 2] = b >> FRACTION_BITS;
      out += 3;
    }
  }
  return result;
}

// [rows,length] → [outputs,length]; `firstRow` is the number of the input's first row in the picture
function resizeColumns(
  input: Uint8Array,
  length: number,
  { first, weights, count }: FilterWeights,
  firstRow: number,
): Uint8Array {
  const result = new Uint8Array(first.length * length);
  for (let y = 0, out = 0; y < first.length; y++) {
    const start = ((first[y] as number) - firstRow) * length;
    const end = start + length;
    const k0 = y * count;
    for (let at = start; at < end; at++) {
      let sum = HALF;
      for (let k = k0, from = at; k < k0 + count; k++, from += length) {
        sum = (sum + (input[from] as number) * (weights[k] as number)) | 0;
      }
      result[out++] = sum >> FRACTION_BITS;
    }
  }
  return result;
}
