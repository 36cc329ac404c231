import { ACCUMULATOR_BYTES, at, COLUMNS, multiplyAdd, PANEL_BYTES, ROWS } from './micro-kernel';
import { copyValues, copyValuesPlus, packColumnPanel, packRows } from './pack';
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
 * Convolves positions [first,last) of all images: y = [relu](x ∗ weights + bias [+ residual]), without im2col.
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
  // The outputs of neighbouring positions lie side by side, unless an input gradient leaves gaps.
  const dense =
    g.outRowStep === 1 &&
    g.outColumnStep === 1 &&
    g.outHeight === g.rows &&
    g.outWidth === g.columns;
  const untouched = panelBytes === 0; // an input gradient of pixels that the stride passes over
  for (let m = first; m < last; m += BLOCK) {
    const count = min(BLOCK, last - m);
    locate(g, x, y, m, count, positions);
    let panel = weights;
    for (let j = 0; j < g.outChannels; j += COLUMNS) {
      const columns = min(COLUMNS, g.outChannels - j);
      for (let q = 0; q < count; q += ROWS) {
        const position = positions + <usize>q * POSITION_BYTES;
        const inPlace = dense && columns === COLUMNS && q + ROWS <= count;
        const sums = inPlace ? at(positionAt(position, 0).output, j) : scratch;
        const sumStep = inPlace ? (<usize>g.outChannels) << 2 : PANEL_BYTES;
        for (let i: usize = 0; i < <usize>ROWS; i++) {
          if (bias) copyValues(at(bias, j), columns, sums + i * sumStep);
          else if (untouched) memory.fill(sums + i * sumStep, 0, PANEL_BYTES);
        }
        convolvePositions(g, position, panel, zeros, sums, sumStep, bias !== 0);
        if (g.residual) {
          for (let i = 0; i < min(ROWS, count - q); i++) {
            const output = at(positionAt(position, i).output, j);
            const sum = sums + <usize>i * sumStep;
            copyValuesPlus(at(output, g.residual), sum, columns, sum);
          }
        }
        if (g.relu) {
          for (let i: usize = 0; i < <usize>ROWS; i++) rectify(sums + i * sumStep);
        }
        if (inPlace) continue;
        for (let i = 0; i < min(ROWS, count - q); i++) {
          copyValues(
            scratch + <usize>i * PANEL_BYTES,
            columns,
            at(positionAt(position, i).output, j),
          );
        }
      }
      panel += panelBytes;
    }
  }
}

/** Makes the negative ones of a panel's sums 0. */
function rectify(sums: usize): void {
  for (let o: usize = 0; o < PANEL_BYTES; o += 16) {
    v128.store(sums + o, f32x4.pmax(v128.load(sums + o), f32x4.splat(0))); // this order lets NaN through
  }
}

/** Four positions, eight output channels: sums are added to what is there, or begin with nothing. */
function convolvePositions(
  g: Convolution,
  position: usize,
  panel: usize,
  zeros: usize,
  sums: usize,
  sumStep: usize,
  add: bool,
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
      multiplyAdd(r0, r1, r2, r3, 4, panel, depth, sums, sumStep, add);
      add = true;
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
        sums,
        sumStep,
        add,
      );
      add = true;
      panel += <usize>g.inChannels * PANEL_BYTES;
    }
  }
}
