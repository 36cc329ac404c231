import type { backend_util } from '@tensorflow/tfjs-core';
import { TILE, WINDOW } from './winograd-matrices.ts';

/** How the outputs of a convolution are cut into tiles of 4×4, and its inputs into windows of 6×6. */
export interface Tiling {
  batch: number;
  /** Tiles below and beside each other in an image. */
  grid: readonly [rows: number, columns: number];
  /** Zeros before the inputs. */
  padding: readonly [top: number, left: number];
  inputs: readonly [height: number, width: number];
  outputs: readonly [height: number, width: number];
}

export function forwardTiling(info: backend_util.Conv2DInfo): Tiling {
  const { top, left } = info.padInfo;
  const inputs = [info.inHeight, info.inWidth] as const;
  return tiling(info.batchSize, [top, left], inputs, [info.outHeight, info.outWidth]);
}

/** Of the input gradient, the convolution that reads dy and writes dx. */
export function backwardTiling(info: backend_util.Conv2DInfo): Tiling {
  const padding = [WINDOW - TILE - info.padInfo.top, WINDOW - TILE - info.padInfo.left] as const;
  const inputs = [info.outHeight, info.outWidth] as const;
  return tiling(info.batchSize, padding, inputs, [info.inHeight, info.inWidth]);
}

function tiling(
  batch: number,
  padding: Tiling['padding'],
  inputs: Tiling['inputs'],
  outputs: Tiling['outputs'],
): Tiling {
  const grid = [Math.ceil(outputs[0] / TILE), Math.ceil(outputs[1] / TILE)] as const;
  return { batch, grid, padding, inputs, outputs };
}

export function tilesOf({ batch, grid: [rows, columns] }: Tiling): number {
  return batch * rows * columns;
}

/** Sides of the images from which every tile can be cut: `side` × `side` pixels at steps of 4. */
export function paddedSides({ grid: [rows, columns] }: Tiling, side: number): [number, number] {
  return [TILE * (rows - 1) + side, TILE * (columns - 1) + side];
}

/**
 * The pixels of all tiles in images of {@link paddedSides}: the first of each tile, the second of
 * each, ….
 */
export function pixelsOfTiles(t: Tiling, side: number): Int32Array {
  const [height, width] = paddedSides(t, side);
  const pixels = new Int32Array(side * side * tilesOf(t));
  let next = 0;
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      for (let image = 0; image < t.batch; image++) {
        for (let row = 0; row < t.grid[0]; row++) {
          const first = (image * height + TILE * row + i) * width + j;
          for (let column = 0; column < t.grid[1]; column++) {
            pixels[next++] = first + TILE * column;
          }
        }
      }
    }
  }
  return pixels;
}

/** The other way round: where each pixel of the outputs lies among the first of each tile, …. */
export function placesInTiles({ batch, grid, outputs: [height, width] }: Tiling): Int32Array {
  const [rows, columns] = grid;
  const tiles = batch * rows * columns;
  const places = new Int32Array(batch * height * width);
  let next = 0;
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < height; y++) {
      const row = (image * rows + Math.floor(y / TILE)) * columns;
      for (let x = 0; x < width; x++) {
        const pixel = (y % TILE) * TILE + (x % TILE);
        places[next++] = pixel * tiles + row + Math.floor(x / TILE);
      }
    }
  }
  return places;
}
