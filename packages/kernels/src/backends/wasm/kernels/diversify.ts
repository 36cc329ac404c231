import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';
import { type MatrixProduct, multiply, productScratch } from './matrix-product.ts';

/*
 * The feature diversification module of @fbsd/fdm on all maps of a batch. What it computes, and why
 * the gradient takes seven products a pair, is derived in docs/derivations/fdm.md; what happens
 * between the products is in assembly/diversify.ts.
 */

/** Bytes of position × position matrices that are made at once. */
const BUDGET = 2 ** 27;

/** FbsdDiversify: maps [B,…,C] → as many maps; attribute `factor`, γ·scale. */
export const diversify = fusedKernel('FbsdDiversify', (module, maps, { factor }) => {
  const outputs = copies(module, maps);
  forEachPair(module, maps, 2, (pair) => exchange(pair, factor, outputs));
  return outputs;
});

/** FbsdDiversifyGradient: the maps, then the gradients of their outputs → the gradients of the maps. */
export const diversifyGradient = fusedKernel(
  'FbsdDiversifyGradient',
  (module, inputs, { factor }) => {
    const maps = inputs.slice(0, inputs.length / 2);
    const dz = inputs.slice(inputs.length / 2);
    const outputs = copies(module, dz);
    forEachPair(module, maps, 4, (pair) => exchangeGradient(pair, factor, dz, outputs));
    return outputs;
  },
);

/** One map of a pair. */
interface Side {
  /** Which of the maps. */
  index: number;
  /** Positions of an image. */
  positions: number;
  /** Address of the values of the images in hand. */
  x: number;
  /** Address of 1/‖x‖ of each of their positions. */
  inverse: number;
}

/** Two maps of the same few images, a with S positions and b with M ≤ S. */
interface Pair {
  module: WasmModule;
  a: Side;
  b: Side;
  /** The first image in hand, and how many there are. */
  begin: number;
  images: number;
  channels: number;
  /** Addresses of matrices [images,S,M]. */
  matrices: number[];
  /** Addresses of vectors [images,S] or [images,M]. */
  vectors: [number, number, number];
  /** Addresses of scratch areas for products, one for each thread. */
  scratch: readonly number[];
}

/** Runs `f` for each pair of maps on as many images at a time as the budget holds. */
function forEachPair(
  module: WasmModule,
  maps: readonly TensorInfo[],
  matrices: number,
  f: (pair: Pair) => void,
): void {
  const batch = maps[0]?.shape[0] as number;
  const channels = maps[0]?.shape.at(-1) as number;
  const positions = maps.map(positionsOf);
  const [largest = 1, second = 1] = [...positions].sort((a, b) => b - a);
  const matrixBytes = 4 * largest * second;
  const atOnce = Math.max(1, Math.min(batch, Math.floor(BUDGET / (matrices * matrixBytes))));
  const added = productScratch(module, channels, { accumulate: true });
  const areas = [
    Array<number>(matrices).fill(atOnce * matrixBytes),
    Array<number>(3).fill(4 * atOnce * largest),
    positions.map((size) => 4 * batch * size),
    // The columns of a product are positions of the smaller map or, where it is added, channels.
    productScratch(module, second).map((bytes, thread) => Math.max(bytes, added[thread] as number)),
  ];
  const addresses = module.scratch(...areas.flat());
  const [forMatrices, vectors, inverses, scratch] = areas.map(({ length }) =>
    addresses.splice(0, length),
  ) as [number[], [number, number, number], number[], number[]];

  const sides = maps.map((map, index): Side => {
    const side = {
      index,
      positions: positions[index] as number,
      x: module.address(map),
      inverse: inverses[index] as number,
    };
    const work = { items: batch * side.positions, cost: channels };
    module.parallel('inverseNorms', work, (first, last) => [
      side.x,
      channels,
      side.inverse,
      first,
      last,
    ]);
    return side;
  });
  const from = (side: Side, begin: number): Side => ({
    ...side,
    x: side.x + 4 * begin * side.positions * channels,
    inverse: side.inverse + 4 * begin * side.positions,
  });
  const shared = { module, channels, matrices: forMatrices, vectors, scratch };
  for (let begin = 0; begin < batch; begin += atOnce) {
    const images = Math.min(atOnce, batch - begin);
    for (const [i, first] of sides.entries()) {
      for (const second of sides.slice(i + 1)) {
        const [a, b] =
          first.positions < second.positions ? [second, first] : ([first, second] as const);
        f({ ...shared, a: from(a, begin), b: from(b, begin), begin, images });
      }
    }
  }
}

/** z_a += softmax(A)·b and z_b += softmax(Aᵀ)·a, both times the factor. */
function exchange(pair: Pair, factor: number, z: readonly TensorInfo[]): void {
  const { a, b, matrices, vectors } = pair;
  const [e, weights] = matrices as [number, number];
  const [r, c] = vectors;
  scalarProducts(pair, a.x, b.x, e);
  similarity(pair, e, e);
  columnProducts(pair, e, 0, c);
  overRows(pair, 'softmaxes', 4, ({ S, M }) => [e, factor, r, c, S, M, weights, e]);
  averageRows(pair, weights, b.x, imagesOf(pair, z, a));
  averageColumns(pair, e, a.x, imagesOf(pair, z, b));
}

/** The gradients of {@link exchange}, added to those of a and b. */
function exchangeGradient(
  pair: Pair,
  factor: number,
  dz: readonly TensorInfo[],
  dx: readonly TensorInfo[],
): void {
  const { module, a, b, images, channels, matrices, vectors } = pair;
  const [k, e, t1, t2] = matrices as [number, number, number, number];
  const [r, c, u] = vectors;
  const [gA, gB] = [imagesOf(pair, dz, a), imagesOf(pair, dz, b)];
  const [da, db] = [imagesOf(pair, dx, a), imagesOf(pair, dx, b)];
  scalarProducts(pair, a.x, b.x, k);
  similarity(pair, k, e);
  columnProducts(pair, e, 0, c);
  scalarProducts(pair, a.x, gB, t1);
  scalarProducts(pair, gA, b.x, t2);
  columnProducts(pair, e, t1, u);
  const kappaA = r; // each row's sum is read before its κ is written
  overRows(pair, 'similarityGradient', 16, ({ S, M }) => [
    e,
    k,
    t1,
    t2,
    factor,
    a.inverse,
    b.inverse,
    r,
    c,
    u,
    S,
    M,
    kappaA,
  ]);
  const kappaB = c;
  columnProducts(pair, e, k, kappaB);
  averageRows(pair, t1, gB, da);
  averageColumns(pair, t2, gA, db);
  averageRows(pair, e, b.x, da);
  averageColumns(pair, e, a.x, db);
  for (const [to, side, kappa] of [[da, a, kappaA] as const, [db, b, kappaB] as const]) {
    const work = { items: images * side.positions, cost: channels };
    module.parallel('directionGradient', work, (first, last) => [
      to,
      side.x,
      kappa,
      side.inverse,
      channels,
      first,
      last,
    ]);
  }
}

/** to[s,m] = x_s·y_m */
function scalarProducts(pair: Pair, x: number, y: number, to: number): void {
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

/** to_s += Σ_m weights[s,m]·y_m */
function averageRows(pair: Pair, weights: number, y: number, to: number): void {
  const { a, b, channels } = pair;
  product(pair, {
    rows: a.positions,
    columns: channels,
    inner: b.positions,
    a: { address: weights },
    b: { address: y },
    c: to,
    accumulate: true,
  });
}

/** to_m += Σ_s weights[s,m]·x_s */
function averageColumns(pair: Pair, weights: number, x: number, to: number): void {
  const { a, b, channels } = pair;
  product(pair, {
    rows: b.positions,
    columns: channels,
    inner: a.positions,
    a: { address: weights, transposed: true },
    b: { address: x },
    c: to,
    accumulate: true,
  });
}

function product({ module, images, scratch }: Pair, p: Omit<MatrixProduct, 'batch'>): void {
  multiply(module, { ...p, batch: images }, scratch);
}

/** e = exp(−cosines) from the scalar products k, and its row sums. */
function similarity(pair: Pair, k: number, e: number): void {
  const { a, b, vectors } = pair;
  overRows(pair, 'similarity', 16, ({ S, M }) => [k, a.inverse, b.inverse, S, M, e, vectors[0]]);
}

/** sums[m] = Σ_s x[s,m]·y[s,m]; without y (0) Σ_s x[s,m] */
function columnProducts(pair: Pair, x: number, y: number, sums: number): void {
  const { module, a, b, images } = pair;
  const [S, M] = [a.positions, b.positions];
  module.parallel('columnProducts', { items: images, cost: S * M }, (first, last) => [
    x,
    y,
    S,
    M,
    sums,
    first,
    last,
  ]);
}

/** Calls a function of the module for the rows of all images; `cost` is that of one column. */
function overRows(
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

/** Where the images in hand of one of the tensors begin. */
function imagesOf(
  { module, begin, channels }: Pair,
  tensors: readonly TensorInfo[],
  { index, positions }: Side,
): number {
  return module.address(tensors[index] as TensorInfo) + 4 * begin * positions * channels;
}

function positionsOf({ shape }: TensorInfo): number {
  return util.sizeFromShape(shape.slice(1, -1));
}

function copies(module: WasmModule, tensors: readonly TensorInfo[]): TensorInfo[] {
  return tensors.map((tensor) => {
    const copy = module.output(tensor.shape);
    const length = util.sizeFromShape(tensor.shape);
    module.floats(module.address(copy), length).set(module.floats(module.address(tensor), length));
    return copy;
  });
}
