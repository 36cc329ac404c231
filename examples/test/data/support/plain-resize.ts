import type { Pixels, Window } from '../../../src/data/resize.ts';

interface Taps {
  first: Int32Array;
  weights: Int32Array;
  count: number;
}

const FRACTION_BITS = 22; // 8 bits of pixel and 22 of weight leave a sum below 2³¹
const HALF = 1 << (FRACTION_BITS - 1);

/** As {@link resizeToBytes} without a square around the window, in plain loops. */
export function plainResize({ data, width, height }: Pixels, size: number, window: Window) {
  const across = taps(width, size, window.left, window.width);
  const down = taps(height, size, window.top, window.height);
  const firstRow = down.first[0] ?? 0;
  const lastRow = (down.first[window.height - 1] ?? 0) + down.count;
  const rows = data.subarray(firstRow * width * 3, lastRow * width * 3);
  return resizeColumns(resizeRows(rows, width, across), window.width * 3, down, firstRow);
}

/** Which input positions the outputs from, from + 1, … read, and how much of each. */
function taps(inputSize: number, outputSize: number, from: number, outputs: number): Taps {
  const scale = inputSize / outputSize;
  const support = Math.max(1, scale);
  const inverse = 1 / support;
  const first = new Int32Array(outputs);
  const kernels: number[][] = [];
  for (let i = 0; i < outputs; i++) {
    const centre = (from + i + 0.5) * scale;
    const end = Math.min(inputSize, Math.trunc(centre + support + 0.5));
    let start = Math.max(0, Math.trunc(centre - support + 0.5));
    const kernel: number[] = [];
    for (let x = start; x < end; x++) {
      const weight = 1 - Math.abs((x - centre + 0.5) * inverse);
      if (weight > 0) kernel.push(weight);
      else if (kernel.length === 0) start++;
    }
    const sum = kernel.reduce((a, b) => a + b, 0);
    kernels.push(kernel.map((weight) => Math.trunc((weight / sum) * 2 ** FRACTION_BITS + 0.5)));
    first[i] = start;
  }
  // One count for all makes the inner loops simple; the kernels at the far edge move back to fit.
  const count = Math.max(...kernels.map((kernel) => kernel.length));
  const weights = new Int32Array(outputs * count);
  for (const [i, kernel] of kernels.entries()) {
    const excess = Math.max(0, (first[i] as number) + count - inputSize);
    first[i] = (first[i] as number) - excess;
    weights.set(kernel, i * count + excess);
  }
  return { first, weights, count };
}

// [rows,width,3] → [rows,outputs,3]
function resizeRows(input: Uint8Array, width: number, { first, weights, count }: Taps): Uint8Array {
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
  { first, weights, count }: Taps,
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
