import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output } from '../runtime/program.ts';
import { copy } from '../shaders/elementwise.ts';
import { averages, type PairSizes, scalarProducts } from '../shaders/pair-products.ts';
import {
  columnSums,
  directionGradient,
  inverseNorms,
  overMatrices,
  rowSums,
} from '../shaders/similarity.ts';

/*
 * The feature diversification module of @fbsd/fdm. What it computes, and why the gradient takes seven
 * products a pair, is derived in docs/derivations/fdm.md, whose names are used here. What is done to a
 * product happens where it is stored: E and the matrices of the gradient are written once each.
 */

/**
 * Values of a position × position matrix that is made at once, where the attribute `budget` is not given, and
 * at least those of one image: 128 MiB, which every adapter binds.
 */
const BUDGET = 2 ** 25;

/** FbsdDiversify: maps [B,…,C] → as many maps. */
export const diversify = fusedKernel('FbsdDiversify', (backend, maps, { factor, budget }) => {
  const z = maps.map((map) => copy(backend, map));
  forEachPair(backend, maps, budget, ({ sizes, a, b, e, r, c }) => {
    averages(
      backend,
      sizes,
      { w: e, y: b.x, to: z[a.index] as TensorInfo, divisor: r },
      false,
      factor,
    );
    averages(
      backend,
      sizes,
      { w: e, y: a.x, to: z[b.index] as TensorInfo, divisor: c },
      true,
      factor,
    );
  });
  return z;
});

/** FbsdDiversifyGradient: the maps, then the gradients of their outputs → the gradients of the maps. */
export const diversifyGradient = fusedKernel(
  'FbsdDiversifyGradient',
  (backend, inputs, { factor, budget }) => {
    const maps = inputs.slice(0, inputs.length / 2);
    const dz = inputs.slice(inputs.length / 2);
    const dx = dz.map((tensor) => copy(backend, tensor));
    forEachPair(backend, maps, budget, (pair) => exchangeGradient(backend, pair, factor, dz, dx));
    return dx;
  },
);

/** One map of a pair. */
interface Side {
  readonly index: number;
  readonly x: TensorInfo;
  readonly positions: number;
  /** 1/max(‖x‖, 1e-12) of each position, [B·S]. */
  readonly inverse: TensorInfo;
}

interface Pair {
  readonly sizes: PairSizes;
  readonly a: Side;
  readonly b: Side;
  /** E = exp(−cosines) [n,S,M], its row sums [n,S] and column sums [n,M]. */
  readonly e: TensorInfo;
  readonly r: TensorInfo;
  readonly c: TensorInfo;
}

/** Runs `f` for each pair of maps, on as many images at a time as the budget holds. */
function forEachPair(
  backend: WebGPUBackend,
  maps: readonly TensorInfo[],
  budget = BUDGET,
  f: (pair: Pair) => void,
): void {
  const [batch, channels] = [maps[0]?.shape[0] as number, maps[0]?.shape.at(-1) as number];
  const sides = maps.map((x, index): Side => {
    const positions = util.sizeFromShape([...x.shape.slice(1, -1)]);
    return { index, x, positions, inverse: inverseNorms(backend, x, batch * positions) };
  });
  for (const [i, a] of sides.entries()) {
    for (const b of sides.slice(i + 1)) {
      const atOnce = Math.max(1, Math.floor(budget / (a.positions * b.positions)));
      for (let begin = 0; begin < batch; begin += atOnce) {
        const images = Math.min(atOnce, batch - begin);
        const sizes = { rows: a.positions, columns: b.positions, channels, begin, images };
        const e = output(backend, [images, a.positions, b.positions]);
        scalarProducts(backend, sizes, { x: a.x, y: b.x, to: e }, SIMILARITY, {
          inverseA: a.inverse,
          inverseB: b.inverse,
        });
        const [r, c] = [rowSums(backend, sizes, e), columnSums(backend, sizes, e)];
        f({ sizes, a, b, e, r, c });
        release(backend, [e, r, c]);
      }
    }
  }
  release(
    backend,
    sides.map(({ inverse }) => inverse),
  );
}

const SIMILARITY =
  'exp(-product * inverseA[u.begin * u.rows + s] * inverseB[u.begin * u.columns + m])';

function exchangeGradient(
  backend: WebGPUBackend,
  { sizes, a, b, e, r, c }: Pair,
  factor: number,
  dz: readonly TensorInfo[],
  dx: readonly TensorInfo[],
): void {
  const [gA, gB] = [dz[a.index], dz[b.index]] as [TensorInfo, TensorInfo];
  const [da, db] = [dx[a.index], dx[b.index]] as [TensorInfo, TensorInfo];
  const [ofA, ofB] = [output(backend, e.shape), output(backend, e.shape)] as const;
  const ofProducts = { x: gA, y: b.x, to: ofA };
  scalarProducts(backend, sizes, ofProducts, 'product * e[at] * u.factor / r[s]', { e, r }, factor);
  const ofOthers = { x: a.x, y: gB, to: ofB };
  scalarProducts(backend, sizes, ofOthers, 'product * e[at] * u.factor / c[m]', { e, c }, factor);
  const [v, w] = [rowSums(backend, sizes, ofA, r), columnSums(backend, sizes, ofB, c)];
  // ofA becomes the gradient of the scalar products, ofB that times the products, which are −ln E times
  // the norms: its sums are what the norms take back.
  const inverses = { inverseA: a.inverse, inverseB: b.inverse };
  overMatrices(
    backend,
    sizes,
    { e, v, w, ...inverses },
    { ofA, ofB },
    `
    let dA = ofA[at] + ofB[at] - e[at] * (v[s] + w[m]);
    ofA[at] = -dA * inverseA[u.begin * u.rows + s] * inverseB[u.begin * u.columns + m];
    ofB[at] = log(e[at]) * dA;`,
  );
  const [kappaA, kappaB] = [rowSums(backend, sizes, ofB), columnSums(backend, sizes, ofB)];
  averages(backend, sizes, { w: ofA, y: b.x, to: da }, false);
  averages(backend, sizes, { w: ofA, y: a.x, to: db }, true);
  // What each map was given weighs the other's upstream gradient.
  overMatrices(backend, sizes, { e, c }, { ofB }, 'ofB[at] = e[at] * u.factor / c[m];', factor);
  averages(backend, sizes, { w: ofB, y: gB, to: da }, false);
  overMatrices(backend, sizes, { e, r }, { ofB }, 'ofB[at] = e[at] * u.factor / r[s];', factor);
  averages(backend, sizes, { w: ofB, y: gA, to: db }, true);
  const norms = (to: TensorInfo, { x, inverse, positions }: Side, kappa: TensorInfo) =>
    directionGradient(backend, sizes, positions, { to, x, kappa, inverse });
  norms(da, a, kappaA);
  norms(db, b, kappaB);
  release(backend, [ofA, ofB, v, w, kappaA, kappaB]);
}

function release(backend: WebGPUBackend, tensors: readonly TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}
