import { packColumnStrip, packRows, packValues } from './pack';
import {
  at,
  COLUMNS,
  clearTile,
  loadRow,
  multiplyAdd,
  PANEL_BYTES,
  ROWS,
  storeRow,
  TILE_BYTES,
} from './tile';

/**
 * A convolution, as 32-bit integers in this order. Position (i,j) of an image is one of rows ×
 * columns; through tap (a,b) it reads the input at (i·strideHeight + top + a·dilationHeight, …) and
 * writes the output at (i·outRowStep + outRow, …).
 */
@unmanaged
class Convolution {
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
}

/** What the positions of one block have to know, so that it is computed once for all channels. */
@unmanaged
class Position {
  /** The input below tap (0,0), which may lie outside of the image. */
  input: usize = 0;
  row: i32 = 0;
  column: i32 = 0;
  output: usize = 0;
}

const POSITION_BYTES: usize = 16;
/** Positions that share a panel of weights while it is in the cache. */
const BLOCK: i32 = 64;
/** Positions that are packed at a time for the filter gradient: the depth of its products. */
const DEPTH: i32 = 128;

/** Weights [K,outChannels] as panels; K = kernelHeight·kernelWidth·inChannels. */
export function packFilter(filter: usize, depth: i32, outChannels: i32, panels: usize): void {
  packRows(filter, outChannels, depth, outChannels, COLUMNS, panels);
}

/**
 * The weights of an input gradient as panels: of the filter [·,kernelWidth,inChannels,outChannels]
 * the taps (row + q·rowStep, column + r·columnStep), in reversed order, transposed:
 * [rows·columns·outChannels,inChannels].
 */
export function packFlippedFilter(
  filter: usize,
  kernelWidth: i32,
  inChannels: i32,
  outChannels: i32,
  row: i32,
  column: i32,
  rowStep: i32,
  columnStep: i32,
  rows: i32,
  columns: i32,
  panels: usize,
): void {
  for (let j = 0; j < inChannels; j += COLUMNS) {
    for (let q = rows - 1; q >= 0; q--) {
      for (let r = columns - 1; r >= 0; r--) {
        const tap = (row + q * rowStep) * kernelWidth + column + r * columnStep;
        const source = at(filter, (tap * inChannels + j) * outChannels);
        packColumnStrip(source, outChannels, outChannels, min(COLUMNS, inChannels - j), panels);
        panels += <usize>outChannels * PANEL_BYTES;
      }
    }
  }
}

/**
 * Convolves positions [first,last) of all images: y = x ∗ weights + bias, without im2col.
 *
 * @param weights panels of {@link packFilter} or {@link packFlippedFilter}
 * @param bias [outChannels], or 0
 * @param scratch 128 + 1024 bytes, and 4 for each of kernelWidth·inChannels
 */
export function convolve(
  geometry: usize,
  x: usize,
  weights: usize,
  bias: usize,
  y: usize,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const g = changetype<Convolution>(geometry);
  const positions = scratch + TILE_BYTES;
  const zeros = positions + <usize>BLOCK * POSITION_BYTES;
  memory.fill(zeros, 0, (<usize>(g.kernelWidth * g.inChannels)) << 2);
  const panelBytes = <usize>(g.kernelHeight * g.kernelWidth * g.inChannels) * PANEL_BYTES;
  for (let m = first; m < last; m += BLOCK) {
    const count = min(BLOCK, last - m);
    locate(g, x, y, m, count, positions);
    let panel = weights;
    for (let j = 0; j < g.outChannels; j += COLUMNS) {
      const columns = min(COLUMNS, g.outChannels - j);
      for (let q = 0; q < count; q += ROWS) {
        const position = positions + <usize>q * POSITION_BYTES;
        clearTile(scratch);
        if (bias) {
          for (let i = 0; i < ROWS; i++) loadRow(scratch, i, at(bias, j), columns);
        }
        convolveTile(g, position, panel, zeros, scratch);
        for (let i = 0; i < min(ROWS, count - q); i++) {
          storeRow(scratch, i, at(positionAt(position, i).output, j), columns);
        }
      }
      panel += panelBytes;
    }
  }
}

/** Four positions, eight output channels. */
function convolveTile(
  g: Convolution,
  position: usize,
  panel: usize,
  zeros: usize,
  tile: usize,
): void {
  const p0 = positionAt(position, 0);
  const p1 = positionAt(position, 1);
  const p2 = positionAt(position, 2);
  const p3 = positionAt(position, 3);
  for (let a = 0; a < g.kernelHeight; a++) {
    // The taps of one row lie side by side in the input: one long product, away from the borders.
    const r0 = inputRow(g, p0, a, zeros);
    const r1 = inputRow(g, p1, a, zeros);
    const r2 = inputRow(g, p2, a, zeros);
    const r3 = inputRow(g, p3, a, zeros);
    if (r0 && r1 && r2 && r3) {
      const depth = g.kernelWidth * g.inChannels;
      multiplyAdd(r0, r1, r2, r3, 4, panel, depth, tile);
      panel += <usize>depth * PANEL_BYTES;
      continue;
    }
    for (let b = 0; b < g.kernelWidth; b++) {
      multiplyAdd(
        inputPixel(g, p0, a, b, zeros),
        inputPixel(g, p1, a, b, zeros),
        inputPixel(g, p2, a, b, zeros),
        inputPixel(g, p3, a, b, zeros),
        4,
        panel,
        g.inChannels,
        tile,
      );
      panel += <usize>g.inChannels * PANEL_BYTES;
    }
  }
}

/**
 * Adds up dw[a,b,c,o] = Σ x[…,c]·dy[…,o] over all positions, for the items [first,last) of the
 * kernelHeight·kernelWidth taps × ⌈inChannels/4⌉ strips of channels.
 *
 * @param dy [positions,outChannels]
 * @param scratch 128 + 2048 bytes, and 512 for each channel in (rounded up to 4) and out (to 8)
 */
export function filterGradient(
  geometry: usize,
  x: usize,
  dy: usize,
  dw: usize,
  batch: i32,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const g = changetype<Convolution>(geometry);
  const total = batch * g.rows * g.columns;
  const strips = (g.inChannels + ROWS - 1) / ROWS;
  const positions = scratch + TILE_BYTES;
  const left = positions + <usize>DEPTH * POSITION_BYTES;
  const right = left + ((<usize>(strips * ROWS * DEPTH)) << 2);
  for (let m = 0; m < total; m += DEPTH) {
    const depth = min(DEPTH, total - m);
    locate(g, x, dy, m, depth, positions);
    packRows(at(dy, m * g.outChannels), g.outChannels, depth, g.outChannels, COLUMNS, right);
    for (let tap = first / strips; tap * strips < last; tap++) {
      const from = max(first - tap * strips, 0);
      const to = min(last - tap * strips, strips);
      packPixels(g, positions, depth, tap, from, to, left);
      const target = at(dw, tap * g.inChannels * g.outChannels);
      for (let j = 0; j < g.outChannels; j += COLUMNS) {
        const panel = at(right, j * depth);
        const columns = min(COLUMNS, g.outChannels - j);
        for (let strip = from; strip < to; strip++) {
          const c = strip * ROWS;
          const rows = min(ROWS, g.inChannels - c);
          const output = at(target, c * g.outChannels + j);
          clearTile(scratch);
          if (m > 0) {
            for (let i = 0; i < rows; i++) {
              loadRow(scratch, i, at(output, i * g.outChannels), columns);
            }
          }
          const a = at(left, (strip - from) * ROWS * depth);
          multiplyAdd(a, at(a, 1), at(a, 2), at(a, 3), 16, panel, depth, scratch);
          for (let i = 0; i < rows; i++) {
            storeRow(scratch, i, at(output, i * g.outChannels), columns);
          }
        }
      }
    }
  }
}

/** The inputs below one tap as panels of four channels, zero where the tap is off the image. */
function packPixels(
  g: Convolution,
  positions: usize,
  depth: i32,
  tap: i32,
  from: i32,
  to: i32,
  panels: usize,
): void {
  const a = tap / g.kernelWidth;
  const b = tap % g.kernelWidth;
  for (let k = 0; k < depth; k++) {
    const pixel = inputPixel(g, positionAt(positions, k), a, b, 0);
    let panel = at(panels, k * ROWS);
    for (let strip = from; strip < to; strip++) {
      const c = strip * ROWS;
      packValues(at(pixel, c), pixel ? min(ROWS, g.inChannels - c) : 0, ROWS, panel);
      panel = at(panel, depth * ROWS);
    }
  }
}

/** Fills the table of positions [first,first + count), and up to a multiple of four with the last. */
function locate(
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
  const padded = (count + ROWS - 1) & ~(ROWS - 1);
  for (let k = 0; k < padded; k++) {
    const p = positionAt(positions, k);
    p.row = row * g.strideHeight + g.top;
    p.column = column * g.strideWidth + g.left;
    p.input = at(x, ((image * g.inHeight + p.row) * g.inWidth + p.column) * g.inChannels);
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

function positionAt(positions: usize, k: i32): Position {
  return changetype<Position>(positions + <usize>k * POSITION_BYTES);
}

/** The inputs below tap (a,b) of a position, or `outside`. */
function inputPixel(g: Convolution, p: Position, a: i32, b: i32, outside: usize): usize {
  const down = a * g.dilationHeight;
  const right = b * g.dilationWidth;
  if (<u32>(p.row + down) >= <u32>g.inHeight) return outside;
  if (<u32>(p.column + right) >= <u32>g.inWidth) return outside;
  return at(p.input, (down * g.inWidth + right) * g.inChannels);
}

/** The inputs below all taps of row a, `outside` if they are off the image, 0 if only some are. */
function inputRow(g: Convolution, p: Position, a: i32, outside: usize): usize {
  const down = a * g.dilationHeight;
  if (<u32>(p.row + down) >= <u32>g.inHeight) return outside;
  if (p.column < 0 || p.column + g.kernelWidth > g.inWidth) return 0;
  if (g.dilationWidth > 1 && g.kernelWidth > 1) return 0;
  return at(p.input, down * g.inWidth * g.inChannels);
}
