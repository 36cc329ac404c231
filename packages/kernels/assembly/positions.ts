import { at, wholeRows } from './micro-kernel';

/**
 * A convolution, as 32-bit integers in this order. Position (i,j) of an image is one of rows ×
 * columns; through tap (a,b) it reads the input at (i·strideHeight + top + a·dilationHeight, …) and
 * writes the output at (i·outRowStep + outRow, …).
 */
@unmanaged
export class Convolution {
  inHeight: i32 = 0;
  inWidth: i32 = 0;
  inChannels: i32 = 0;
  kernelHeight: i32 = 0;
  kernelWidth: i32 = 0;
  outChannels: i32 = 0;
  rows: i32 = 0;
  columns: i32 = 0;
  strideHeight: i32 = 0;
  strideWidth: i32 = 0;
  top: i32 = 0;
  left: i32 = 0;
  dilationHeight: i32 = 0;
  dilationWidth: i32 = 0;
  outHeight: i32 = 0;
  outWidth: i32 = 0;
  outRowStep: i32 = 0;
  outColumnStep: i32 = 0;
  outRow: i32 = 0;
  outColumn: i32 = 0;
  /** Whether a negative output is written as 0. */
  relu: i32 = 0;
  /** Floats from one pixel of the input to the next: inChannels, or fewer where channels of several count as its own. */
  pixelStep: i32 = 0;
  /** Floats from an output to what is added to it before the ReLU; 0 if nothing is. */
  residual: i32 = 0;
}

/** Bytes of a {@link Convolution}. */
export function convolutionBytes(): usize {
  return offsetof<Convolution>();
}

/** Where a position of a block reads and writes: computed once for all channels. */
@unmanaged
export class Position {
  /** The input below tap (0,0), which may lie outside of the image. */
  input: usize = 0;
  row: i32 = 0;
  column: i32 = 0;
  output: usize = 0;
}

export const POSITION_BYTES: usize = offsetof<Position>();

/** Fills the table of positions [first,first + count), and up to a multiple of four with the last. */
export function locate(
  g: Convolution,
  x: usize,
  y: usize,
  first: i32,
  count: i32,
  positions: usize,
): void {
  let column = first % g.columns;
  let row = (first / g.columns) % g.rows;
  let image = first / g.columns / g.rows;
  const padded = wholeRows(count);
  for (let k = 0; k < padded; k++) {
    const p = positionAt(positions, k);
    p.row = row * g.strideHeight + g.top;
    p.column = column * g.strideWidth + g.left;
    p.input = at(x, ((image * g.inHeight + p.row) * g.inWidth + p.column) * g.pixelStep);
    const outRow = image * g.outHeight + row * g.outRowStep + g.outRow;
    const outPixel = outRow * g.outWidth + column * g.outColumnStep + g.outColumn;
    p.output = at(y, outPixel * g.outChannels);
    if (k + 1 >= count) continue;
    if (++column === g.columns) {
      column = 0;
      if (++row === g.rows) {
        row = 0;
        image++;
      }
    }
  }
}

export function positionAt(positions: usize, k: i32): Position {
  return changetype<Position>(positions + <usize>k * POSITION_BYTES);
}

/** The inputs below tap (a,b) of a position, or `outside`. */
export function inputPixel(g: Convolution, p: Position, a: i32, b: i32, outside: usize): usize {
  const down = a * g.dilationHeight;
  const right = b * g.dilationWidth;
  if (<u32>(p.row + down) >= <u32>g.inHeight) return outside;
  if (<u32>(p.column + right) >= <u32>g.inWidth) return outside;
  return at(p.input, (down * g.inWidth + right) * g.pixelStep);
}

/** The inputs below all taps of row a, `outside` if they are off the image, 0 if only some are. */
export function inputRow(g: Convolution, p: Position, a: i32, outside: usize): usize {
  const down = a * g.dilationHeight;
  if (<u32>(p.row + down) >= <u32>g.inHeight) return outside;
  if (p.column < 0 || p.column + g.kernelWidth > g.inWidth) return 0;
  if (g.dilationWidth > 1 && g.kernelWidth > 1) return 0;
  return at(p.input, down * g.inWidth * g.pixelStep);
}
