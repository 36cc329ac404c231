import {
  ACCUMULATOR_BYTES,
  at,
  COLUMNS,
  multiplyAdd,
  PANEL_BYTES,
  ROWS,
  wholeRows,
} from './micro-kernel';
import { Convolution } from './positions';
import { PRODUCTS } from './winograd';
import { FILTER_WORKSPACE, matricesBytes, matrixStep, transformFilter } from './winograd-filter';
import { transformInput, transformProducts, WORKSPACE } from './winograd-tiles';

/** Tiles that go together: many enough to read the weights rarely, few enough for the cache. */
const BLOCK: i32 = 16;

/** Working memory of {@link transformWholeFilter}. */
export function transformWholeFilterScratchBytes(): usize {
  return FILTER_WORKSPACE;
}

/**
 * The 36 matrices of weights of a convolution, for {@link convolveTiles}.
 *
 * @param matrices {@link matricesBytes} of the channels
 * @param scratch {@link transformWholeFilterScratchBytes}
 */
export function transformWholeFilter(
  filter: usize,
  inChannels: i32,
  outChannels: i32,
  flipped: bool,
  matrices: usize,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const step = matrixStep(inChannels, outChannels);
  const depth = flipped ? outChannels : inChannels;
  const to = matrices + <usize>(first * depth) * PANEL_BYTES;
  transformFilter(filter, inChannels, outChannels, flipped, to, step, first, last, scratch);
}

/** Working memory for one tile, zeros for pixels off the image, transformed inputs, and products. */
export function convolveTilesScratchBytes(inChannels: i32, outChannels: i32): usize {
  const zeros = (<usize>inChannels) << 2;
  return WORKSPACE + zeros + matricesBytes(BLOCK, inChannels) + matricesBytes(BLOCK, outChannels);
}

/**
 * Convolves the tiles [first,last) of all images: y = x ∗ weights + bias. For many tiles: the
 * weights are transformed beforehand.
 *
 * @param matrices from {@link transformWholeFilter}
 * @param bias [outChannels], or 0
 * @param scratch {@link convolveTilesScratchBytes}
 */
export function convolveTiles(
  geometry: usize,
  x: usize,
  matrices: usize,
  bias: usize,
  y: usize,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const g = changetype<Convolution>(geometry);
  const zeros = scratch + WORKSPACE;
  const left = zeros + ((<usize>g.inChannels) << 2);
  const products = left + matricesBytes(BLOCK, g.inChannels);
  const step = matrixStep(g.inChannels, g.outChannels);
  memory.fill(zeros, 0, (<usize>g.inChannels) << 2);
  for (let m = first; m < last; m += BLOCK) {
    const count = min(BLOCK, last - m);
    transformInputs(g, x, m, count, zeros, left, scratch);
    multiplyPanels(g, left, count, matrices, step, 0, g.outChannels, products, bias, y, m, scratch);
  }
}

/** Whether the weights are better transformed while they are needed: by {@link convolveFewTiles}. */
export function convolvesFewTiles(tiles: i32, inChannels: i32, outChannels: i32): bool {
  // With few tiles the transformed weights are the largest matrices.
  return 2 * tiles <= min(inChannels, outChannels);
}

/** Tiles that {@link convolveFewTiles} takes at a time, of so many, at least 1: all. */
export function fewTilesAtOnce(tiles: i32): i32 {
  return max(1, tiles);
}

/** Working memory as that of {@link convolveTiles}, for all tiles and the channels of one panel, and for the filter. */
export function convolveFewTilesScratchBytes(tiles: i32, inChannels: i32): usize {
  const zeros = (<usize>inChannels) << 2;
  const rows = wholeRows(tiles);
  return (
    FILTER_WORKSPACE +
    WORKSPACE +
    zeros +
    matricesBytes(rows, inChannels) +
    matricesBytes(inChannels, COLUMNS) +
    matricesBytes(rows, COLUMNS)
  );
}

/**
 * Convolves all `tiles` of all images, for the output channels of the panels [first,last). For few
 * tiles: the weights of each panel are transformed when they are needed, so that they stay in the
 * cache.
 *
 * @param filter [3,3,inChannels,outChannels] of the forward convolution, if flipped its roles change
 * @param scratch {@link convolveFewTilesScratchBytes}
 */
export function convolveFewTiles(
  geometry: usize,
  x: usize,
  filter: usize,
  flipped: bool,
  bias: usize,
  y: usize,
  tiles: i32,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const g = changetype<Convolution>(geometry);
  const workspace = scratch + FILTER_WORKSPACE;
  const zeros = workspace + WORKSPACE;
  const left = zeros + ((<usize>g.inChannels) << 2);
  const panels = left + matricesBytes(wholeRows(tiles), g.inChannels);
  const step = matrixStep(g.inChannels, COLUMNS);
  const products = panels + matricesBytes(g.inChannels, COLUMNS);
  const inChannels = flipped ? g.outChannels : g.inChannels;
  const outChannels = flipped ? g.inChannels : g.outChannels;
  memory.fill(zeros, 0, (<usize>g.inChannels) << 2);
  transformInputs(g, x, 0, tiles, zeros, left, workspace);
  for (let p = first; p < last; p++) {
    transformFilter(filter, inChannels, outChannels, flipped, panels, step, p, p + 1, scratch);
    const o = p * COLUMNS;
    multiplyPanels(g, left, tiles, panels, step, o, o + COLUMNS, products, bias, y, 0, workspace);
  }
}

/** The 36 matrices [count,inChannels] of transformed inputs. */
function transformInputs(
  g: Convolution,
  x: usize,
  first: i32,
  count: i32,
  zeros: usize,
  left: usize,
  workspace: usize,
): void {
  const step = matrixStep(wholeRows(count), g.inChannels);
  for (let t = 0; t < count; t++) {
    const row = at(left, t * g.inChannels);
    transformInput(g, x, first + t, 0, g.inChannels, zeros, row, 16, step, workspace);
  }
}

/** Multiplies the 36 pairs of matrices and writes the outputs [from,to) of the tiles. */
function multiplyPanels(
  g: Convolution,
  left: usize,
  count: i32,
  right: usize,
  rightStep: usize,
  from: i32,
  to: i32,
  products: usize,
  bias: usize,
  y: usize,
  first: i32,
  workspace: usize,
): void {
  const rows = wholeRows(count);
  const leftStep = matrixStep(rows, g.inChannels);
  const productStep = matrixStep(rows, to - from);
  for (let p: usize = 0; p < PRODUCTS; p++) {
    const a = left + p * leftStep;
    let panel = right + p * rightStep;
    let accumulators = products + p * productStep;
    for (let o = from; o < to; o += COLUMNS) {
      for (let q = 0; q < count; q += ROWS) {
        // Rows beyond the last are read from the last, and their results dropped.
        const a0 = at(a, q * g.inChannels);
        const a1 = at(a0, min(1, count - q - 1) * g.inChannels);
        const a2 = at(a0, min(2, count - q - 1) * g.inChannels);
        const a3 = at(a0, min(3, count - q - 1) * g.inChannels);
        multiplyAdd(a0, a1, a2, a3, 4, panel, g.inChannels, accumulators, PANEL_BYTES, false);
        accumulators += ACCUMULATOR_BYTES;
      }
      panel += <usize>g.inChannels * PANEL_BYTES;
    }
  }
  for (let t = 0; t < count; t++) {
    const row = products + <usize>(t / ROWS) * ACCUMULATOR_BYTES + <usize>(t % ROWS) * PANEL_BYTES;
    for (let o = from; o < to; o += 4) {
      // A panel of products is rows·8 floats long.
      const source = at(row, ((o - from) >> 3) * rows * COLUMNS + (o & 4));
      transformProducts(g, source, productStep, bias, y, first + t, o, workspace);
    }
  }
}
