import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmModule } from '../module.ts';
import { multiplyPacked, type PackedProduct, type PackedScratch } from './packed-product.ts';

/* The pairs of maps that diversify each other, and the products of their matrices; names as in docs/derivations/fdm.md. */

/** Bytes of position × position matrices that are made at once. */
const BUDGET = 2 ** 27;

/** Bytes of matrices that are packed at once, unless a single one needs more. */
const PACKED_BYTES = 2 ** 24;

/** One map of a pair. */
export interface Side {
  /** Which of the maps. */
  index: number;
  /** Whether this is the first pair that it is in: nothing has been added to it yet. */
  first: boolean;
  /** Positions of an image. */
  positions: number;
  /** Address of the values of the images in hand. */
  x: number;
  /** Address of 1/‖x‖ of each of their positions. */
  inverse: number;
}

/** Two maps of the same few images, a with S positions and b with M ≤ S. */
export interface Pair {
  module: WasmModule;
  a: Side;
  b: Side;
  /** The first image in hand, and how many there are. */
  begin: number;
  images: number;
  channels: number;
  /** Address of the scalar products a·bᵀ [images,S,M] among the similarities, if there are any. */
  products: number | undefined;
  /** Addresses of matrices [images,S,M]. */
  matrices: number[];
  /** Addresses of vectors [images,S] or [images,M]. */
  vectors: [number, number, number];
  scratch: PackedScratch;
}

/** A tensor that holds 1/‖x‖ of all positions of some maps, map by map, and behind them the scalar products of their pairs. */
export interface Similarities {
  address: number;
  /** Whether the values are there, or have yet to be computed. */
  known: boolean;
}

/** How many values the similarities of maps are. */
export function similaritiesSize(maps: readonly TensorInfo[]): number {
  const batch = maps[0]?.shape[0] as number;
  const positions = maps.map(positionsOf);
  const products = positions.flatMap((S, i) => positions.slice(i + 1).map((M) => S * M));
  return batch * [...positions, ...products].reduce((sum, size) => sum + size, 0);
}

/**
 * Runs `f` for each pair of maps on as many images at a time as the budget holds. The norms are known then.
 *
 * @param matrices how many matrices of positions × positions a pair needs at a time
 */
export function forEachPair(
  module: WasmModule,
  maps: readonly TensorInfo[],
  matrices: number,
  similarities: Similarities | undefined,
  f: (pair: Pair) => void,
): void {
  const batch = maps[0]?.shape[0] as number;
  const channels = maps[0]?.shape.at(-1) as number;
  const positions = maps.map(positionsOf);
  const [largest = 1, second = 1] = [...positions].sort((a, b) => b - a);
  const matrixBytes = 4 * largest * second;
  const atOnce = Math.max(1, Math.min(batch, Math.floor(BUDGET / (matrices * matrixBytes))));
  const { panelBytes, multiplyPackedScratchBytes } = module.sizes;
  // What is packed for products: the smaller map of a pair, or either of them where it is averaged and added.
  const packed = Math.max(panelBytes(channels, second), panelBytes(largest, channels));
  const packedBytes = Math.min(atOnce * packed, Math.max(packed, PACKED_BYTES));
  const areaBytes = Math.max(
    multiplyPackedScratchBytes(second, channels, 0),
    multiplyPackedScratchBytes(channels, largest, 1),
  );
  const all = positions.reduce((sum, size) => sum + size, 0);
  const areas = [
    Array<number>(matrices).fill(atOnce * matrixBytes),
    Array<number>(3).fill(4 * atOnce * largest),
    [similarities ? 0 : 4 * batch * all],
    [packedBytes],
    module.forEachThread(areaBytes),
  ];
  const addresses = module.scratch(...areas.flat());
  const [forMatrices, vectors, [norms], [forPacked], forThreads] = areas.map(({ length }) =>
    addresses.splice(0, length),
  ) as [number[], [number, number, number], [number], [number], number[]];
  const scratch = { packed: { address: forPacked, bytes: packedBytes }, areas: forThreads };

  let place = similarities?.address ?? norms;
  const next = (values: number) => {
    place += 4 * values;
    return place - 4 * values;
  };
  const sides = maps.map((map, index): Side => {
    const size = positions[index] as number;
    return {
      index,
      first: true,
      positions: size,
      x: module.address(map),
      inverse: next(batch * size),
    };
  });
  if (!similarities?.known) measure(module, sides, batch, channels);
  const pairs = sides.flatMap((one, i) =>
    sides.slice(i + 1).map((other, k) => {
      const sides = [
        { ...one, first: i + k === 0 },
        { ...other, first: i === 0 },
      ] as const;
      const [a, b] = one.positions < other.positions ? [sides[1], sides[0]] : sides;
      return { a, b, products: next(batch * a.positions * b.positions) };
    }),
  );

  const from = (side: Side, begin: number): Side => ({
    ...side,
    x: side.x + 4 * begin * side.positions * channels,
    inverse: side.inverse + 4 * begin * side.positions,
  });
  const shared = { module, channels, matrices: forMatrices, vectors, scratch };
  for (let begin = 0; begin < batch; begin += atOnce) {
    const images = Math.min(atOnce, batch - begin);
    for (const { a, b, products } of pairs) {
      f({
        ...shared,
        a: from(a, begin),
        b: from(b, begin),
        begin,
        images,
        products: similarities && products + 4 * begin * a.positions * b.positions,
      });
    }
  }
}

/** The inverse norms of all positions of all images. */
function measure(
  module: WasmModule,
  sides: readonly Side[],
  batch: number,
  channels: number,
): void {
  for (const { x, inverse, positions } of sides) {
    const work = { items: batch * positions, cost: channels };
    module.parallel('inverseNorms', work, (first, last) => [x, channels, inverse, first, last]);
  }
}

/** to[s,m] = x_s·y_m */
export function scalarProducts(pair: Pair, x: number, y: number, to: number): void {
  const { a, b, channels } = pair;
  product(pair, {
    rows: a.positions,
    columns: b.positions,
    inner: channels,
    a: { address: x },
    b: { address: y, transposed: true },
    c: to,
  });
}

/** to_s = addend_s + Σ_m weights[s,m]·y_m */
export function averageRows(
  pair: Pair,
  weights: number,
  y: number,
  addend: number,
  to: number,
): void {
  const { a, b, channels } = pair;
  product(pair, {
    rows: a.positions,
    columns: channels,
    inner: b.positions,
    a: { address: weights },
    b: { address: y },
    addend,
    c: to,
  });
}

/** to_m = addend_m + Σ_s weights[s,m]·x_s */
export function averageColumns(
  pair: Pair,
  weights: number,
  x: number,
  addend: number,
  to: number,
): void {
  const { a, b, channels } = pair;
  product(pair, {
    rows: b.positions,
    columns: channels,
    inner: a.positions,
    a: { address: weights, transposed: true },
    b: { address: x },
    addend,
    c: to,
  });
}

function product({ module, images, scratch }: Pair, p: Omit<PackedProduct, 'batch'>): void {
  multiplyPacked(module, { ...p, batch: images }, scratch);
}

/** Calls a function of the module for the rows of all images; `cost` is that of one column. */
export function overRows(
  { module, a, b, images }: Pair,
  name: string,
  cost: number,
  args: (size: { S: number; M: number }) => number[],
): void {
  const size = { S: a.positions, M: b.positions };
  const given = args(size);
  module.parallel(name, { items: images * size.S, cost: cost * size.M }, (first, last) => [
    ...given,
    first,
    last,
  ]);
}

function positionsOf({ shape }: TensorInfo): number {
  return util.sizeFromShape(shape.slice(1, -1));
}
