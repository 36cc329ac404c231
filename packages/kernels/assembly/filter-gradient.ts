import {
  ACCUMULATOR_BYTES,
  at,
  COLUMNS,
  multiplyAddInterleaved,
  PANEL_BYTES,
  ROWS,
  wholeRows,
} from './micro-kernel';
import { copyValues, packRows, packValues, panelBytes } from './pack';
import { Convolution, inputPixel, locate, POSITION_BYTES, positionAt } from './positions';

/** Positions that are packed at a time: the depth of the products. */
const DEPTH: i32 = 128;

/** Accumulators, the positions that are packed, and these of x and of dy. */
export function filterGradientScratchBytes(inChannels: i32, outChannels: i32): usize {
  const left = (<usize>(wholeRows(inChannels) * DEPTH)) << 2;
  return ACCUMULATOR_BYTES + <usize>DEPTH * POSITION_BYTES + left + panelBytes(DEPTH, outChannels);
}

/**
 * Adds up dw[a,b,c,o] = Σ x[…,c]·dy[…,o] over all positions, for the items [first,last) of the
 * kernelHeight·kernelWidth taps × ⌈inChannels/4⌉ groups of four channels, and the output channels [begin,end).
 *
 * @param dy [positions,outChannels]
 * @param scratch {@link filterGradientScratchBytes}
 */
export function filterGradient(
  geometry: usize,
  x: usize,
  dy: usize,
  dw: usize,
  batch: i32,
  first: i32,
  last: i32,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Convolution>(geometry);
  const total = batch * g.rows * g.columns;
  const groups = (g.inChannels + ROWS - 1) / ROWS;
  const positions = scratch + ACCUMULATOR_BYTES;
  const left = positions + <usize>DEPTH * POSITION_BYTES;
  const right = left + ((<usize>(groups * ROWS * DEPTH)) << 2);
  for (let m = 0; m < total; m += DEPTH) {
    const depth = min(DEPTH, total - m);
    locate(g, x, dy, m, depth, positions);
    packRows(at(dy, m * g.outChannels + begin), g.outChannels, depth, end - begin, COLUMNS, right);
    for (let tap = first / groups; tap * groups < last; tap++) {
      const from = max(first - tap * groups, 0);
      const to = min(last - tap * groups, groups);
      packPixels(g, positions, depth, tap, from, to, left);
      const target = at(dw, tap * g.inChannels * g.outChannels);
      for (let j = begin; j < end; j += COLUMNS) {
        const panel = at(right, (j - begin) * depth);
        const columns = min(COLUMNS, end - j);
        for (let group = from; group < to; group++) {
          const c = group * ROWS;
          const rows = min(ROWS, g.inChannels - c);
          const output = at(target, c * g.outChannels + j);
          const a = at(left, (group - from) * ROWS * depth);
          // Sums of a whole tile grow where they are.
          const inPlace = columns === COLUMNS && rows === ROWS;
          const tile = inPlace ? output : scratch;
          const tileStep = inPlace ? (<usize>g.outChannels) << 2 : PANEL_BYTES;
          for (let i = 0; !inPlace && m > 0 && i < rows; i++) {
            copyValues(at(output, i * g.outChannels), columns, tile + <usize>i * tileStep);
          }
          multiplyAddInterleaved(a, panel, depth, tile, tileStep, m > 0);
          for (let i = 0; !inPlace && i < rows; i++) {
            copyValues(tile + <usize>i * tileStep, columns, at(output, i * g.outChannels));
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
    for (let group = from; group < to; group++) {
      const c = group * ROWS;
      packValues(at(pixel, c), pixel ? min(ROWS, g.inChannels - c) : 0, ROWS, panel);
      panel = at(panel, depth * ROWS);
    }
  }
}
