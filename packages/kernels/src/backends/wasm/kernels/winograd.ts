import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../../../convolution/geometry.ts';
import type { WasmModule } from '../module.ts';
import { writeGeometry } from './convolution.ts';
import { filterGradientWork, outputChannels } from './filter-gradient.ts';

/*
 * Winograd's F(4×4, 3×3), see assembly/winograd.ts: 3×3 convolutions of stride 1 with a quarter of
 * the multiplications, and two to four times the rounding error of direct sums.
 */

const MIN_CHANNELS = 16;
/** Fewer are not worth the transformation of the weights. */
const MIN_TILES = 4;
/** Tiles that reach over the border waste products; above this share direct sums are as fast. */
const MAX_SHARE_OF_PRODUCTS = 0.5;

/** Whether {@link convolveTiles} and {@link filterGradientOfTiles} can do it, and gain by it. */
export function paysWithTiles(module: WasmModule, g: Geometry, batch: number): boolean {
  const { COLUMNS, PRODUCTS, WINOGRAD } = module.sizes;
  if (!WINOGRAD) return false;
  const tiles = tilesOf(module, g);
  const channels = [g.input[2], g.outChannels];
  const [rows, columns] = g.positions;
  const steps = g.output?.steps ?? [1, 1];
  return (
    g.kernel.every((size) => size === 3) &&
    [...g.strides, ...g.dilations, ...steps].every((step) => step === 1) &&
    channels.every((n) => n >= MIN_CHANNELS && n % COLUMNS === 0) &&
    batch * tiles >= MIN_TILES &&
    PRODUCTS * tiles <= MAX_SHARE_OF_PRODUCTS * 9 * rows * columns
  );
}

/** Tiles of one image. */
function tilesOf(module: WasmModule, { positions: [rows, columns] }: Geometry): number {
  const { TILE } = module.sizes;
  return Math.ceil(rows / TILE) * Math.ceil(columns / TILE);
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
  const tiles = batch * tilesOf(module, g);
  const few = module.sizes.convolvesFewTiles(tiles, g.input[2], g.outChannels);
  (few ? convolveFewTiles : convolveManyTiles)(module, g, tiles, { x, filter, bias, y }, flipped);
}

function convolveFewTiles(
  module: WasmModule,
  g: Geometry,
  tiles: number,
  { x, filter, bias, y }: Tensors,
  flipped: boolean,
): void {
  const { sizes } = module;
  const channels = g.input[2];
  const [geometry, ...scratch] = module.scratch(
    sizes.convolutionBytes(),
    ...module.forEachThread(sizes.convolveFewTilesScratchBytes(tiles, channels)),
  );
  writeGeometry(module, geometry, g);
  const [from, weights, to] = [module.address(x), module.address(filter), module.address(y)];
  const offset = bias ? module.address(bias) : 0;
  const most = sizes.fewTilesAtOnce(tiles);
  const items = Math.ceil(tiles / most) * (g.outChannels / sizes.COLUMNS);
  const work = { items, cost: sizes.PRODUCTS * most * channels * sizes.COLUMNS };
  module.parallel('convolveFewTiles', work, (first, last, thread) => {
    const own = scratch[thread] as number;
    return [geometry, from, weights, +flipped, offset, to, tiles, first, last, own];
  });
}

function convolveManyTiles(
  module: WasmModule,
  g: Geometry,
  tiles: number,
  { x, filter, bias, y }: Tensors,
  flipped: boolean,
): void {
  const { sizes, threads } = module;
  const channels = g.input[2];
  const [geometry, matrices, ...areas] = module.scratch(
    sizes.convolutionBytes(),
    sizes.matricesBytes(channels, g.outChannels),
    ...module.forEachThread(sizes.transformWholeFilterScratchBytes()),
    ...module.forEachThread(sizes.convolveTilesScratchBytes(channels, g.outChannels)),
  );
  writeGeometry(module, geometry, g);
  const [from, weights, to] = [module.address(x), module.address(filter), module.address(y)];
  const [inChannels, outChannels] = filter.shape.slice(2) as [number, number];
  const panels = g.outChannels / sizes.COLUMNS;
  const transform = { items: panels, cost: sizes.PRODUCTS * channels * sizes.COLUMNS };
  module.parallel('transformWholeFilter', transform, (first, last, thread) => {
    const own = areas[thread] as number;
    return [weights, inChannels, outChannels, +flipped, matrices, first, last, own];
  });
  const offset = bias ? module.address(bias) : 0;
  const cost = sizes.PRODUCTS * channels * g.outChannels;
  const work = { items: tiles, cost, step: sizes.ROWS };
  module.parallel('convolveTiles', work, (first, last, thread) => {
    const own = areas[threads + thread] as number;
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
  const { sizes } = module;
  const channels = g.input[2];
  const tiles = batch * tilesOf(module, g);
  const groups = Math.ceil(channels / sizes.ROWS);
  const work = filterGradientWork(module, sizes.PRODUCTS * tiles, groups, g.outChannels);
  const most = Math.ceil(groups / module.sharesOfPairs(work).rows); // of one thread
  const [geometry, ...scratch] = module.scratch(
    sizes.convolutionBytes(),
    ...module.forEachThread(
      sizes.filterGradientOfTilesScratchBytes(tiles, most, channels, g.outChannels),
    ),
  );
  writeGeometry(module, geometry, g);
  const [from, upstream, to] = [module.address(x), module.address(dy), module.address(dw)];
  module.parallelPairs('filterGradientOfTiles', work, (rows, panels, thread) => {
    const outputs = outputChannels(module, panels, g.outChannels);
    return [geometry, from, upstream, to, batch, ...rows, ...outputs, scratch[thread] as number];
  });
}
