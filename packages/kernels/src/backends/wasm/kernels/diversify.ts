import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';
import {
  averageColumns,
  averageRows,
  forEachPair,
  overRows,
  type Pair,
  type Side,
  scalarProducts,
  similaritiesSize,
} from './diversify-pairs.ts';

/*
 * The feature diversification module of @fbsd/fdm on all maps of a batch. What it computes, and why
 * the gradient takes six or seven products a pair, is derived in docs/derivations/fdm.md; what happens
 * between the products is in assembly/diversify.ts.
 */

/**
 * Matrices of a pair whose similarities are kept: those of the gradient, for all passes alike, since working memory that
 * grew between them would leave a gap on the heap.
 */
const MATRICES_BESIDE_SIMILARITIES = 3;

/** FbsdSimilarities: maps [B,…,C] → the scalar products of their pairs and the inverse norms, as {@link forEachPair} reads them. */
export const similarities = fusedKernel('FbsdSimilarities', (module, maps) => {
  const output = module.output([similaritiesSize(maps)]);
  const unknown = { address: module.address(output), known: false };
  forEachPair(module, maps, MATRICES_BESIDE_SIMILARITIES, unknown, (pair) =>
    scalarProducts(pair, pair.a.x, pair.b.x, pair.products as number),
  );
  return [output];
});

/** FbsdDiversify: maps [B,…,C] [, their similarities] → as many maps; attribute `factor`, γ·scale. */
export const diversify = fusedKernel(
  'FbsdDiversify',
  (module, inputs, { factor, similarities = false }) => {
    const maps = similarities ? inputs.slice(0, -1) : inputs;
    const outputs = like(module, maps);
    forEachPair(
      module,
      maps,
      similarities ? MATRICES_BESIDE_SIMILARITIES : 2,
      known(module, inputs[maps.length]),
      (pair) => exchange(pair, factor, outputs),
    );
    return outputs;
  },
);

/**
 * FbsdDiversifyGradient: the maps, then the gradients of their outputs [, then the similarities] → the gradients of
 * the maps.
 */
export const diversifyGradient = fusedKernel(
  'FbsdDiversifyGradient',
  (module, inputs, { factor }) => {
    const count = Math.floor(inputs.length / 2);
    const maps = inputs.slice(0, count);
    const dz = inputs.slice(count, 2 * count);
    const similarities = known(module, inputs[2 * count]);
    const outputs = like(module, dz);
    forEachPair(
      module,
      maps,
      similarities ? MATRICES_BESIDE_SIMILARITIES : 4,
      similarities,
      (pair) => exchangeGradient(pair, factor, dz, outputs),
    );
    return outputs;
  },
);

function known(module: WasmModule, similarities: TensorInfo | undefined) {
  return similarities && { address: module.address(similarities), known: true };
}

/** z_a = a + softmax(A)·b and z_b = b + softmax(Aᵀ)·a, the softmaxes times the factor; what is added to one map after the other goes to z. */
function exchange(pair: Pair, factor: number, z: readonly TensorInfo[]): void {
  const { a, b, products, matrices, vectors } = pair;
  const [e, weights] = matrices as [number, number];
  const [r, c] = vectors;
  if (!products) scalarProducts(pair, a.x, b.x, e);
  similarity(pair, products ?? e, e);
  columnProducts(pair, e, 0, c);
  overRows(pair, 'softmaxes', 4, ({ S, M }) => [e, factor, r, c, S, M, weights, e]);
  const [zA, zB] = [imagesOf(pair, z, a), imagesOf(pair, z, b)];
  averageRows(pair, weights, b.x, a.first ? a.x : zA, zA);
  averageColumns(pair, e, a.x, b.first ? b.x : zB, zB);
}

/** The gradients of {@link exchange}, added likewise to those of z_a and z_b. */
function exchangeGradient(
  pair: Pair,
  factor: number,
  dz: readonly TensorInfo[],
  dx: readonly TensorInfo[],
): void {
  const { module, a, b, images, channels, products, matrices, vectors } = pair;
  const [e, t1, t2, own] = matrices as [number, number, number, number];
  const k = products ?? own;
  const [r, c, u] = vectors;
  const [gA, gB] = [imagesOf(pair, dz, a), imagesOf(pair, dz, b)];
  const [da, db] = [imagesOf(pair, dx, a), imagesOf(pair, dx, b)];
  if (!products) scalarProducts(pair, a.x, b.x, k);
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
  averageRows(pair, t1, gB, a.first ? gA : da, da);
  averageColumns(pair, t2, gA, b.first ? gB : db, db);
  averageRows(pair, e, b.x, da, da);
  averageColumns(pair, e, a.x, db, db);
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

/** e = exp(−cosines) from the scalar products k, and its row sums. */
function similarity(pair: Pair, k: number, e: number): void {
  const { a, b, vectors } = pair;
  overRows(pair, 'similarity', 16, ({ S, M }) => [k, a.inverse, b.inverse, S, M, e, vectors[0]]);
}

/** sums[m] = Σ_s x[s,m]·y[s,m]; without y (0) Σ_s x[s,m] */
function columnProducts(pair: Pair, x: number, y: number, sums: number): void {
  const { module, a, b, images } = pair;
  const [S, M] = [a.positions, b.positions];
  if (M === 0) return;
  const { STRIP } = module.sizes;
  const work = { items: images * Math.ceil(M / STRIP), cost: S * Math.min(M, STRIP) };
  module.parallel('columnProducts', work, (first, last) => [x, y, S, M, sums, first, last]);
}

/** Where the images in hand of one of the tensors begin. */
function imagesOf(
  { module, begin, channels }: Pair,
  tensors: readonly TensorInfo[],
  { index, positions }: Side,
): number {
  return module.address(tensors[index] as TensorInfo) + 4 * begin * positions * channels;
}

/** Tensors of the same shapes. */
function like(module: WasmModule, tensors: readonly TensorInfo[]): TensorInfo[] {
  return tensors.map(({ shape }) => module.output(shape));
}
