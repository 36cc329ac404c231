import {
  ACCUMULATOR_BYTES,
  at,
  COLUMNS,
  multiplyAddInterleaved,
  PANEL_BYTES,
  ROWS,
} from './micro-kernel';
import { Convolution } from './positions';
import { PRODUCTS } from './winograd';
import { matricesBytes, matrixStep, transformSums } from './winograd-filter';
import { tilesOf, transformInput, transformOutputGradient, WORKSPACE } from './winograd-tiles';

/** Tiles that are transformed at a time: the depth of the products. */
const DEPTH: i32 = 64;
/** Input channels that are finished at a time, where all tiles are transformed at once. */
const CHANNELS: i32 = 16;

/** Input channels that are finished at a time, of all. */
function channelsAtOnce(tiles: i32, channels: i32): i32 {
  return tiles <= DEPTH ? min(CHANNELS, channels) : channels;
}

/**
 * Working memory for one tile, zeros for pixels off the image, transformed output gradients and inputs, and sums.
 *
 * @param tiles of all images
 * @param groups of four input channels: how many at most are asked for
 */
export function filterGradientOfTilesScratchBytes(
  tiles: i32,
  groups: i32,
  inChannels: i32,
  outChannels: i32,
): usize {
  const depth = min(DEPTH, tiles);
  const width = channelsAtOnce(tiles, groups * ROWS);
  return (
    WORKSPACE +
    ((<usize>max(inChannels, outChannels)) << 2) +
    matricesBytes(depth, outChannels) +
    matricesBytes(depth, width) +
    matricesBytes(width, outChannels)
  );
}

/**
 * dw[3,3,c,o] = Gᵀ [Σ (A dy Aᵀ) ⊙ (Bᵀ x B)] G over all tiles, for the input channels of the groups
 * of four [first,last) and the output channels [begin,end).
 *
 * @param scratch {@link filterGradientOfTilesScratchBytes}
 */
export function filterGradientOfTiles(
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
  const total = batch * tilesOf(g);
  const channels = last * ROWS;
  const outs = end - begin;
  const width = channelsAtOnce(total, channels - first * ROWS);
  const zeros = scratch + WORKSPACE;
  const zeroBytes = (<usize>max(g.inChannels, g.outChannels)) << 2;
  memory.fill(zeros, 0, zeroBytes);
  const right = zeros + zeroBytes;
  const rightStep = matrixStep(min(DEPTH, total), outs);
  const left = right + matricesBytes(min(DEPTH, total), outs);
  const leftStep = matrixStep(min(DEPTH, total), width);
  const sums = left + matricesBytes(min(DEPTH, total), width);
  const sumStep = matrixStep(width, outs);
  const tapStep = (<usize>(g.inChannels * g.outChannels)) << 2;

  for (let from = first * ROWS; from < channels; from += width) {
    const to = min(from + width, channels);
    for (let m = 0; m < total; m += DEPTH) {
      const depth = min(DEPTH, total - m);
      const group = (<usize>depth) << 4;
      const panel = (<usize>depth) << 5;
      for (let t = 0; t < depth; t++) {
        const a = left + ((<usize>t) << 4);
        transformInput(g, x, m + t, from, to, zeros, a, group, leftStep, scratch);
        if (from > first * ROWS) continue; // dy is there, from the channels before
        const b = right + ((<usize>t) << 5);
        transformOutputGradient(g, dy, m + t, begin, end, zeros, b, panel, rightStep, scratch);
      }
      for (let p: usize = 0; p < PRODUCTS; p++) {
        let accumulators = sums + p * sumStep;
        let b = right + p * rightStep;
        for (let o = begin; o < end; o += COLUMNS) {
          let a = left + p * leftStep;
          for (let c = from; c < to; c += ROWS) {
            multiplyAddInterleaved(a, b, depth, accumulators, PANEL_BYTES, m > 0);
            a += group;
            accumulators += ACCUMULATOR_BYTES;
          }
          b += panel;
        }
      }
    }
    const groups = (to - from) / ROWS;
    for (let c = 0; c < to - from; c++) {
      const row = sums + <usize>(c / ROWS) * ACCUMULATOR_BYTES + <usize>(c % ROWS) * PANEL_BYTES;
      for (let o = 0; o < outs; o += 4) {
        const source =
          row + <usize>((o / COLUMNS) * groups) * ACCUMULATOR_BYTES + ((<usize>(o & 4)) << 2);
        const target = at(dw, (from + c) * g.outChannels + begin + o);
        transformSums(source, sumStep, target, tapStep, scratch);
      }
    }
  }
}
