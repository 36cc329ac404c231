import { at } from './micro-kernel';
import { Convolution } from './positions';
import { inputLine, outputGradientLine, outputLine, POINTS, TILE } from './winograd';

const ADDRESSES: usize = 144;
const HALF: usize = 576;
/** Working memory for one tile: the addresses of its pixels, and what is transformed one way only. */
export const WORKSPACE: usize = ADDRESSES + HALF;

/** Tiles of one image. */
export function tilesOf(g: Convolution): i32 {
  return ((g.rows + TILE - 1) / TILE) * tilesAcross(g);
}

function tilesAcross(g: Convolution): i32 {
  return (g.columns + TILE - 1) / TILE;
}

/** Row of a tile's first output; tiles are counted over all images. */
function rowOf(g: Convolution, tile: i32): i32 {
  return ((tile % tilesOf(g)) / tilesAcross(g)) * TILE;
}

function columnOf(g: Convolution, tile: i32): i32 {
  return (tile % tilesAcross(g)) * TILE;
}

/**
 * Transforms the inputs below one tile, Bᵀ x B, for the channels [from,to).
 *
 * @param zeros 4·inChannels bytes of them: what is outside of the image
 * @param points where the first product of the first channels goes
 * @param channelStep bytes from four channels to the next four
 * @param pointStep bytes from one product to the next
 */
export function transformInput(
  g: Convolution,
  x: usize,
  tile: i32,
  from: i32,
  to: i32,
  zeros: usize,
  points: usize,
  channelStep: usize,
  pointStep: usize,
  workspace: usize,
): void {
  const row = rowOf(g, tile) + g.top;
  const column = columnOf(g, tile) + g.left;
  const image = tile / tilesOf(g);
  for (let i = 0; i < POINTS; i++) {
    const line = (image * g.inHeight + row + i) * g.inWidth + column;
    for (let j = 0; j < POINTS; j++) {
      const inside = <u32>(row + i) < <u32>g.inHeight && <u32>(column + j) < <u32>g.inWidth;
      const pixel = inside ? at(x, (line + j) * g.inChannels) : zeros;
      store<usize>(at(workspace, i * POINTS + j), pixel);
    }
  }
  const half = workspace + ADDRESSES;
  for (let c = from; c < to; c += 4) {
    const offset = (<usize>c) << 2;
    for (let j = 0; j < POINTS; j++) {
      const pixel = at(workspace, j);
      inputLine(
        v128.load(load<usize>(pixel) + offset),
        v128.load(load<usize>(pixel, 24) + offset),
        v128.load(load<usize>(pixel, 48) + offset),
        v128.load(load<usize>(pixel, 72) + offset),
        v128.load(load<usize>(pixel, 96) + offset),
        v128.load(load<usize>(pixel, 120) + offset),
        half + ((<usize>j) << 4),
        96,
      );
    }
    for (let i = 0; i < POINTS; i++) {
      const line = half + <usize>(i * 96);
      inputLine(
        v128.load(line),
        v128.load(line, 16),
        v128.load(line, 32),
        v128.load(line, 48),
        v128.load(line, 64),
        v128.load(line, 80),
        points + <usize>(i * POINTS) * pointStep,
        pointStep,
      );
    }
    points += channelStep;
  }
}

/** Transforms the products of one tile to its outputs, [relu](Aᵀ m A + bias [+ residual]), for the channels [o,o + 4). */
export function transformProducts(
  g: Convolution,
  products: usize,
  pointStep: usize,
  bias: usize,
  y: usize,
  tile: i32,
  o: i32,
  workspace: usize,
): void {
  const row = rowOf(g, tile);
  const column = columnOf(g, tile);
  const image = tile / tilesOf(g);
  for (let j = 0; j < POINTS; j++) {
    const from = products + <usize>j * pointStep;
    outputLine(from, <usize>POINTS * pointStep, workspace + ((<usize>j) << 4), 96);
  }
  const line = workspace + 384;
  const shift = bias ? v128.load(at(bias, o)) : f32x4.splat(0);
  const floors = f32x4.splat(g.relu ? 0 : -Infinity);
  const rows = min(TILE, g.rows - row);
  const columns = min(TILE, g.columns - column);
  for (let i = 0; i < rows; i++) {
    outputLine(workspace + <usize>(i * 96), 16, line, 16);
    let to = at(y, ((image * g.rows + row + i) * g.columns + column) * g.outChannels + o);
    for (let j = 0; j < columns; j++) {
      let value = f32x4.add(v128.load(line + ((<usize>j) << 4)), shift);
      if (g.residual) value = f32x4.add(value, v128.load(at(to, g.residual)));
      v128.store(to, f32x4.pmax(value, floors)); // this order lets NaN through
      to = at(to, g.outChannels);
    }
  }
}

/**
 * Transforms the output gradients of one tile, A dy Aᵀ, for the channels [from,to), whole eights of them.
 *
 * @param zeros 4·outChannels bytes of them: what is outside of the image
 * @param points where the first product of the first eight channels goes
 * @param panelStep bytes from eight channels to the next eight
 */
export function transformOutputGradient(
  g: Convolution,
  dy: usize,
  tile: i32,
  from: i32,
  to: i32,
  zeros: usize,
  points: usize,
  panelStep: usize,
  pointStep: usize,
  workspace: usize,
): void {
  const row = rowOf(g, tile);
  const column = columnOf(g, tile);
  const image = tile / tilesOf(g);
  for (let i = 0; i < TILE; i++) {
    const line = (image * g.rows + row + i) * g.columns + column;
    for (let j = 0; j < TILE; j++) {
      const inside = row + i < g.rows && column + j < g.columns;
      const pixel = inside ? at(dy, (line + j) * g.outChannels) : zeros;
      store<usize>(at(workspace, i * TILE + j), pixel);
    }
  }
  const half = workspace + ADDRESSES;
  for (let o = from; o < to; o += 4) {
    const offset = (<usize>o) << 2;
    for (let j = 0; j < TILE; j++) {
      const pixel = at(workspace, j);
      outputGradientLine(
        v128.load(load<usize>(pixel) + offset),
        v128.load(load<usize>(pixel, 16) + offset),
        v128.load(load<usize>(pixel, 32) + offset),
        v128.load(load<usize>(pixel, 48) + offset),
        half + ((<usize>j) << 4),
        64,
      );
    }
    const target = points + <usize>((o - from) >> 3) * panelStep + ((<usize>(o & 4)) << 2);
    for (let i = 0; i < POINTS; i++) {
      const line = half + ((<usize>i) << 6);
      outputGradientLine(
        v128.load(line),
        v128.load(line, 16),
        v128.load(line, 32),
        v128.load(line, 48),
        target + <usize>(i * POINTS) * pointStep,
        pointStep,
      );
    }
  }
}
