import type { Shape } from '@tensorflow/tfjs-layers';

/** Bytes of a float32. */
export const FLOAT = 4;

/** Of the maps between the convolutions of a layer that has several, for each image. */
export function innerBytes(kernels: readonly Shape[], outputs: readonly Shape[]): number {
  const [height = 1, width = 1] = outputs[0] as number[];
  const own = outputs[0]?.at(-1);
  const inner = kernels.map(([, , , filters]) => filters).filter((filters) => filters !== own);
  return FLOAT * height * width * inner.reduce(sum, 0);
}

/** A 3×3 kernel transformed for tiles of 6×6 has four times its values. */
const WINOGRAD = 4;

/** Of the largest 3×3 kernel of a layer, transformed for Winograd's algorithm. */
export function transformedBytes(kernels: readonly Shape[]): number {
  return WINOGRAD * FLOAT * Math.max(0, ...kernels.filter(is3x3).map(product));
}

/** Kernels compute the FDM of as many images at a time as stay within this, at least one. */
const SIMILARITY_BYTES = 2 ** 27;
/** Matrices of positions × positions that its gradient has at a time. */
const SIMILARITIES = 3;
/** Maps are packed for its products as many at a time as stay within this, at least one. */
const PACKED_BYTES = 2 ** 24;

/** Working memory of the FDM: similarities, and maps that are packed. */
export function diversifyBytes(maps: readonly Shape[], batchSize: number): number {
  const [largest = 0, second = 0] = positionsOf(maps).sort((a, b) => b - a);
  const each = SIMILARITIES * FLOAT * largest * second;
  const images = Math.max(1, Math.min(batchSize, Math.floor(SIMILARITY_BYTES / each)));
  const packed = FLOAT * largest * (maps[0]?.at(-1) ?? 0);
  return images * each + Math.min(images * packed, Math.max(packed, PACKED_BYTES));
}

/** What the FDM keeps of every pair of maps for its gradient, for each image. */
export function keptSimilarities(maps: readonly Shape[]): number {
  const positions = positionsOf(maps);
  const pairs = positions.flatMap((one, i) => positions.slice(i + 1).map((other) => one * other));
  return FLOAT * [...positions, ...pairs].reduce(sum, 0);
}

function positionsOf(maps: readonly Shape[]): number[] {
  return maps.map((shape) => product(shape.slice(0, -1)));
}

function is3x3([height, width]: Shape): boolean {
  return height === 3 && width === 3;
}

/** Values of so many tensors. NaN where a size is not known. */
export function elements(shapes: readonly Shape[]): number {
  return shapes.map(product).reduce(sum, 0);
}

function product(shape: Shape): number {
  return shape.reduce<number>((total, size) => total * (size ?? Number.NaN), 1);
}

function sum(total: number, next: number | null | undefined): number {
  return total + (next ?? Number.NaN);
}
