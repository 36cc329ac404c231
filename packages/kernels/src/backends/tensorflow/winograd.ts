import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Ops } from './ops.ts';
import { paddedSides, pixelsOfTiles, placesInTiles, type Tiling, tilesOf } from './tiles.ts';
import {
  FILTER,
  FLIPPED_FILTER,
  INPUT,
  type Matrix,
  OUTPUT,
  PRODUCTS,
  TILE,
  WINDOW,
} from './winograd-matrices.ts';

/*
 * Winograd's F(4×4, 3×3), docs/derivations/winograd.md: a quarter of the multiplications of direct
 * sums. Tiles are gathered with the pixel as the first axis, so that a transformation of all tiles
 * is one product of matrices, as are the sums over the channels, 36 at a time.
 */

/**
 * Multiplications per number moved below which the passes over tiles and filters cost more than the
 * multiplications that are saved. Where direct sums were as fast on two CPUs with AVX-512: 43 to 51.
 */
const MIN_INTENSITY = 50;
/** Tiles that reach over the border waste products. */
const MAX_SHARE_OF_PRODUCTS = 0.5;

/** Whether a convolution gains by tiles. */
export function paysWithTiles(t: Tiling, inChannels: number, outChannels: number): boolean {
  const tiles = tilesOf(t);
  const [height, width] = t.outputs;
  return (
    1 / (1 / tiles + 1 / inChannels + 1 / outChannels) >= MIN_INTENSITY &&
    PRODUCTS * tiles <= MAX_SHARE_OF_PRODUCTS * 9 * t.batch * height * width
  );
}

/** Convolves x [B,H,W,C] with a filter [3,3,C,K]: [B,H',W',K]. */
export function convolveTiles(ops: Ops, t: Tiling, x: TensorInfo, filter: TensorInfo): Tensor {
  const inputs = windows(ops, t, x); // [36,T,C]
  const weights = transformFilter(ops, FILTER, filter); // [36,C,K]
  return outputsOf(ops, t, products(ops, inputs, weights));
}

/** Its input gradient; `t` tiles dx. The filter is [3,3,C,K] of the forward convolution. */
export function inputGradientOfTiles(
  ops: Ops,
  t: Tiling,
  dy: TensorInfo,
  filter: TensorInfo,
): Tensor {
  const inputs = windows(ops, t, dy); // [36,T,K]
  const weights = transformFilter(ops, FLIPPED_FILTER, filter); // [36,C,K]
  return outputsOf(ops, t, products(ops, inputs, weights, false, true));
}

/** Its filter gradient [3,3,C,K]. */
export function filterGradientOfTiles(ops: Ops, t: Tiling, x: TensorInfo, dy: TensorInfo): Tensor {
  const inputs = windows(ops, t, x); // [36,T,C]
  const upstream = transform(ops, OUTPUT, cut(ops, t, dy, [0, 0], TILE), true); // [36,T,K]
  const sums = products(ops, inputs, upstream, true); // [36,C,K]
  const gradient = transform(ops, FILTER, sums, true);
  return ops.reshape(gradient, [3, 3, ...sums.shape.slice(1)]);
}

/** The transformed windows of all tiles, [36,T,C]. */
function windows(ops: Ops, t: Tiling, x: TensorInfo): Tensor {
  return transform(ops, INPUT, cut(ops, t, x, t.padding, WINDOW));
}

/** Pixels of all tiles of x [B,H,W,C] with zeros around it: [side²,T,C]. */
function cut(ops: Ops, t: Tiling, x: TensorInfo, before: Tiling['padding'], side: number): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = paddedSides(t, side);
  const padded = ops.pad(x, [
    [0, 0],
    [before[0], rows - height - before[0]],
    [before[1], columns - width - before[1]],
    [0, 0],
  ]);
  const pixels = ops.reshape(padded, [batch * rows * columns, channels]);
  const tiles = ops.gatherRows(pixels, pixelsOfTiles(t, side));
  ops.free(padded);
  ops.free(pixels);
  return ops.reshape(tiles, [side * side, tilesOf(t), channels]);
}

function transformFilter(ops: Ops, matrix: Matrix, filter: TensorInfo): Tensor {
  const [, , inChannels, outChannels] = filter.shape as [number, number, number, number];
  return transform(ops, matrix, ops.reshape(filter, [9, inChannels, outChannels]));
}

/** [transposed] matrix · x along the first axis of x [n,P,Q]; frees x. */
function transform(ops: Ops, matrix: Matrix, x: Tensor, transposed = false): Tensor {
  const [n, ...rest] = x.shape as [number, number, number];
  const constant = ops.constant(matrix.values, [matrix.rows, matrix.columns]);
  const flat = ops.reshape(x, [n, rest[0] * rest[1]]);
  const y = ops.product(constant, flat, transposed);
  ops.free(flat);
  ops.free(x);
  return ops.reshape(y, [transposed ? matrix.columns : matrix.rows, ...rest]);
}

/** 36 products of matrices; frees both sides. */
function products(ops: Ops, a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  const y = ops.product(a, b, transposeA, transposeB);
  ops.free(a);
  ops.free(b);
  return y;
}

/** The images [B,H',W',K] from the products of all tiles [36,T,K]. */
function outputsOf(ops: Ops, t: Tiling, sums: Tensor): Tensor {
  const tiles = transform(ops, OUTPUT, sums); // [16,T,K]
  const channels = tiles.shape[2] as number;
  const pixels = ops.reshape(tiles, [TILE * TILE * tilesOf(t), channels]);
  const images = ops.gatherRows(pixels, placesInTiles(t));
  return ops.reshape(images, [t.batch, ...t.outputs, channels]);
}
