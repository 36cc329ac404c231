import {
  ACCUMULATOR_BYTES,
  at,
  COLUMNS,
  clearAccumulators,
  loadRow,
  multiplyAdd,
  PANEL_BYTES,
  ROWS,
  storeRow,
} from './micro-kernel';
import { packColumnPanel, packRows } from './pack';
import { Convolution, inputPixel, inputRow, locate, POSITION_BYTES, positionAt } from './positions';

/** Positions that share a panel of weights while it is in the cache. */
const BLOCK: i32 = 64;

/** The panels [first,last) of weights [depth,outChannels]; depth = kernelHeight·kernelWidth·inChannels. */
export function packFilter(
  filter: usize,
  depth: i32,
  outChannels: i32,
  panels: usize,
  first: i32,
  last: i32,
): void {
  const from = first * COLUMNS;
  const columns = min(last * COLUMNS, outChannels) - from;
  packRows(at(filter, from), outChannels, depth, columns, COLUMNS, at(panels, from * depth));
}

/**
 * The panels [first,last) of the weights of an input gradient: of the filter [·,kernelWidth,inChannels,outChannels]
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
  first: i32,
  last: i32,
): void {
  const depth = rows * columns * outChannels;
  for (let j = first * COLUMNS; j < min(last * COLUMNS, inChannels); j += COLUMNS) {
    let panel = at(panels, j * depth);
    for (let q = rows - 1; q >= 0; q--) {
      for (let r = columns - 1; r >= 0; r--) {
        const tap = (row + q * rowStep) * kernelWidth + column + r * columnStep;
        const source = at(filter, (tap * inChannels + j) * outChannels);
        packColumnPanel(source, outChannels, outChannels, min(COLUMNS, inChannels - j), panel);
        panel += <usize>outChannels * PANEL_BYTES;
      }
    }
  }
}

/** Accumulators, the positions of a block, and zeros for the taps of a row that are off the image. */
export function convolveScratchBytes(_kernelHeight: i32, kernelWidth: i32, inChannels: i32): usize {
  return (
    ACCUMULATOR_BYTES + <usize>BLOCK * POSITION_BYTES + ((<usize>(kernelWidth * inChannels)) << 2)
  );
}

/**
 * Convolves positions [first,last) of all images: y = x ∗ weights + bias, without im2col.
 *
 * @param weights panels of {@link packFilter} or {@link packFlippedFilter}
 * @param bias [outChannels], or 0
 * @param scratch {@link convolveScratchBytes}
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
  const positions = scratch + ACCUMULATOR_BYTES;
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
        clearAccumulators(scratch);
        if (bias) {
          for (let i = 0; i < ROWS; i++) loadRow(scratch, i, at(bias, j), columns);
        }
        convolvePositions(g, position, panel, zeros, scratch);
        for (let i = 0; i < min(ROWS, count - q); i++) {
          storeRow(scratch, i, at(positionAt(position, i).output, j), columns);
        }
      }
      panel += panelBytes;
    }
  }
}

/** Four positions, eight output channels. */
function convolvePositions(
  g: Convolution,
  position: usize,
  panel: usize,
  zeros: usize,
  accumulators: usize,
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
      multiplyAdd(r0, r1, r2, r3, 4, panel, depth, accumulators);
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
        accumulators,
      );
      panel += <usize>g.inChannels * PANEL_BYTES;
    }
  }
}
