import { at, COLUMNS, PANEL_BYTES } from './micro-kernel';
import { transposeBlock } from './pack';
import { filterGradientLine, filterLine, POINTS, PRODUCTS } from './winograd';

const HALF: usize = 288;
const WHOLE: usize = 576;
/** Working memory of {@link transformFilter}. */
export const FILTER_WORKSPACE: usize = HALF + 8 * WHOLE;

/** A cache line. */
const GAP: usize = 64;

/**
 * Bytes of a matrix [rows,columns] and a gap: without it the 36 values of one pair of channels would
 * compete for the same places of the cache.
 */
export function matrixStep(rows: i32, columns: i32): usize {
  return ((<usize>(rows * columns)) << 2) + GAP;
}

/** Bytes of the 36 matrices [rows,columns] of a transformation, with the gaps between them. */
export function matricesBytes(rows: i32, columns: i32): usize {
  return PRODUCTS * matrixStep(rows, columns) - GAP;
}

/**
 * Transforms the weights [3,3,inChannels,outChannels], G w Gᵀ, into 36 matrices of panels, the
 * panels [first,last) of each.
 *
 * @param flipped for the input gradient: the taps in reversed order and the matrices transposed
 * @param matrices where panel `first` of the first matrix goes
 * @param step bytes from one matrix to the next
 */
export function transformFilter(
  filter: usize,
  inChannels: i32,
  outChannels: i32,
  flipped: bool,
  matrices: usize,
  step: usize,
  first: i32,
  last: i32,
  workspace: usize,
): void {
  const taps = inChannels * outChannels;
  for (let panel = first * COLUMNS; panel < last * COLUMNS; panel += COLUMNS) {
    if (flipped) {
      const lastTap = at(filter, 8 * taps);
      const whole = workspace + HALF;
      for (let o = 0; o < outChannels; o += 4) {
        for (let i = 0; i < COLUMNS; i++) {
          const from = at(lastTap, (panel + i) * outChannels + o);
          transformTaps(from, -taps, workspace, whole + <usize>i * WHOLE, 16);
        }
        for (let p: usize = 0; p < PRODUCTS; p++) {
          const from = whole + (p << 4);
          const to = matrices + p * step;
          transposeBlock(from, <i32>WHOLE >> 2, to, PANEL_BYTES);
          transposeBlock(from + 4 * WHOLE, <i32>WHOLE >> 2, to + 16, PANEL_BYTES);
        }
        matrices += 4 * PANEL_BYTES;
      }
    } else {
      for (let c = 0; c < inChannels; c++) {
        const from = at(filter, c * outChannels + panel);
        transformTaps(from, taps, workspace, matrices, step);
        transformTaps(at(from, 4), taps, workspace, matrices + 16, step);
        matrices += PANEL_BYTES;
      }
    }
  }
}

/** G w Gᵀ of four pairs of channels, whose taps are `tapStep` floats apart. */
function transformTaps(from: usize, tapStep: i32, half: usize, to: usize, step: usize): void {
  for (let b = 0; b < 3; b++) {
    const tap = at(from, b * tapStep);
    filterLine(
      v128.load(tap),
      v128.load(at(tap, 3 * tapStep)),
      v128.load(at(tap, 6 * tapStep)),
      half + ((<usize>b) << 4),
      48,
    );
  }
  for (let i = 0; i < POINTS; i++) {
    const line = half + <usize>(i * 48);
    const row = to + <usize>(i * POINTS) * step;
    filterLine(v128.load(line), v128.load(line, 16), v128.load(line, 32), row, step);
  }
}

/**
 * Transforms the sums of products of four pairs of channels to the gradients of their weights,
 * Gᵀ s G.
 *
 * @param step bytes from one product to the next
 * @param tapStep bytes from one tap to the next
 */
export function transformSums(
  sums: usize,
  step: usize,
  dw: usize,
  tapStep: usize,
  workspace: usize,
): void {
  for (let j = 0; j < POINTS; j++) {
    const from = sums + <usize>j * step;
    filterGradientLine(from, <usize>POINTS * step, workspace + ((<usize>j) << 4), 96);
  }
  for (let a = 0; a < 3; a++) {
    filterGradientLine(workspace + <usize>(a * 96), 16, dw + <usize>(3 * a) * tapStep, tapStep);
  }
}
