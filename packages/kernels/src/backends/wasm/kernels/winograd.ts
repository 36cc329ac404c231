import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../../../convolution/geometry.ts';
import type { WasmModule } from '../module.ts';
import { GEOMETRY_BYTES, roundUp, writeGeometry } from './convolution.ts';

/*
 * Winograd's F(4×4, 3×3), see assembly/winograd.ts: 3×3 convolutions of stride 1 with a quarter of
 * the multiplications, and two to four times the rounding error of direct sums.
 */

const TILE = 4;
const PRODUCTS = 36;
/** Bytes that transform one tile, and one filter: WORKSPACE and FILTER_WORKSPACE in the module. */
const WORKSPACE = 720;
const FILTER_WORKSPACE = 4896;
/** Tiles that are transformed at a time for a convolution, and for its filter gradient. */
const BLOCK = 16;
const DEPTH = 64;

const MIN_CHANNELS = 16;
/** Fewer are not worth the transformation of the weights. */
const MIN_TILES = 4;
/** Tiles that reach over the border waste products; above this share direct sums are as fast. */
const MAX_SHARE_OF_PRODUCTS = 0.5;

/** Whether {@link convolveTiles} and {@link filterGradientOfTiles} can do it, and gain by it. */
export function paysWithTiles(g: Geometry, batch: number): boolean {
  const channels = [g.input[2], g.outChannels];
  const [rows, columns] = g.positions;
  const steps = g.output?.steps ?? [1, 1];
  return (
    g.kernel.every((size) => size === 3) &&
    [...g.strides, ...g.dilations, ...steps].every((step) => step === 1) &&
    channels.every((n) => n >= MIN_CHANNELS && n % 8 === 0) &&
    batch * tilesOf(g) >= MIN_TILES &&
    PRODUCTS * tilesOf(g) <= MAX_SHARE_OF_PRODUCTS * 9 * rows * columns
  );
}

function tilesOf({ positions: [rows, columns] }: Geometry): number {
  return Math.ceil(rows / TILE) * Math.ceil(columns / TILE);
}

/** Bytes of 36 matrices of this many values, with the gaps between them. */
function matricesBytes(values: number): number {
  return PRODUCTS * (4 * values + 64);
}

interface Tensors {
  x: TensorInfo;
  /** [3,3,in,out] of the forward convolution. */
  filter: TensorInfo;
  bias?: TensorInfo | undefined;
  y: TensorInfo;
}

/**
 * Convolves a batch.
 *
 * @param flipped with the taps reversed and the channels' roles exchanged: an input gradient
 */
export function convolveTiles(
  module: WasmModule,
  g: Geometry,
  batch: number,
  { x, filter, bias, y }: Tensors,
  flipped = false,
): void {
  const channels = g.input[2];
  const tiles = batch * tilesOf(g);
  // With few tiles the transformed weights are the largest matrices, and kept in the cache instead.
  const few = 4 * tiles <= Math.min(channels, g.outChannels);
  const rows = few ? roundUp(tiles, 4) : BLOCK;
  const columns = few ? 8 : g.outChannels;
  const perThread = roundUp(
    FILTER_WORKSPACE +
      WORKSPACE +
      4 * channels +
      matricesBytes(rows * channels) +
      matricesBytes(rows * columns) +
      (few ? matricesBytes(channels * columns) : 0),
    16,
  );
  const [geometry, matrices, scratch] = module.scratch(
    GEOMETRY_BYTES,
    few ? 0 : matricesBytes(channels * g.outChannels),
    module.threads * perThread,
  ) as [number, number, number];
  writeGeometry(module, geometry, g);
  const [from, weights, to] = [module.address(x), module.address(filter), module.address(y)];
  const offset = bias ? module.address(bias) : 0;
  const panels = g.outChannels / 8;
  if (few) {
    const work = { items: panels, cost: PRODUCTS * tiles * channels * 8 };
    module.parallel('convolveFewTiles', work, (first, last, thread) => {
      const own = scratch + thread * perThread;
      return [geometry, from, weights, +flipped, offset, to, tiles, first, last, own];
    });
    return;
  }
  const [inChannels, outChannels] = filter.shape.slice(2) as [number, number];
  const transform = { items: panels, cost: PRODUCTS * channels * 8 };
  module.parallel('transformWholeFilter', transform, (first, last, thread) => {
    const own = scratch + thread * perThread;
    return [weights, inChannels, outChannels, +flipped, matrices, first, last, own];
  });
  const work = { items: tiles, cost: PRODUCTS * channels * g.outChannels, step: 4 };
  module.parallel('convolveTiles', work, (first, last, thread) => {
    const own = scratch + thread * perThread;
    return [geometry, from, matrices, offset, to, first, last, own];
  });
}

/** The filter gradient of a batch; dw is [3,3,in,out]. */
export function filterGradientOfTiles(
  module: WasmModule,
  g: Geometry,
  batch: number,
  { x, dy, dw }: { x: TensorInfo; dy: TensorInfo; dw: TensorInfo },
): void {
  const channels = g.input[2];
  const tiles = batch * tilesOf(g);
  const work = { items: channels / 4, cost: PRODUCTS * tiles * 4 * g.outChannels };
  const strips = Math.ceil(work.items / module.parts(work));
  const depth = Math.min(DEPTH, tiles);
  const width = 4 * (tiles <= DEPTH ? Math.min(4, strips) : strips);
  const perThread = roundUp(
    WORKSPACE +
      4 * Math.max(channels, g.outChannels) +
      matricesBytes(depth * g.outChannels) +
      matricesBytes(depth * width) +
      matricesBytes(width * g.outChannels),
    16,
  );
  const [geometry, scratch] = module.scratch(GEOMETRY_BYTES, module.threads * perThread) as [
    number,
    number,
  ];
  writeGeometry(module, geometry, g);
  const [from, upstream, to] = [module.address(x), module.address(dy), module.address(dw)];
  module.parallel('filterGradientOfTiles', work, (first, last, thread) => {
    return [geometry, from, upstream, to, batch, first, last, scratch + thread * perThread];
  });
}
