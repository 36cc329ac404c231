import { Multiply, type MultiplyInputs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';
import { COST, sizes } from './batch-norm.ts';

/**
 * A map [·,C] times one factor for each of its positions, or for whole lines, columns or images: on all threads. The stock
 * kernel has one, and finds the factor of every value anew.
 */
export const multiply = replacement<MultiplyInputs>(
  Multiply,
  (module, { inputs: { a, b }, stock }) => {
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock();
    return scaleRows(module, a, b) ?? scaleRows(module, b, a) ?? stock();
  },
);

/** x times factors, if these are of such a shape. */
function scaleRows(module: WasmModule, x: TensorInfo, factors: TensorInfo): TensorInfo | undefined {
  const rank = x.shape.length;
  if (rank < 2 || rank > 4 || factors.shape.length > rank || factors.shape.at(-1) !== 1) return;
  if (x.shape.at(-1) === 1 || util.sizeFromShape(x.shape) === 0) return;
  const [batch, height, width] = placesOf(x.shape) as [number, number, number];
  const of = placesOf(factors.shape);
  if (of.some((size, i) => size !== 1 && size !== [batch, height, width][i])) return;
  const steps = of.map((size, i) => (size === 1 ? 0 : util.sizeFromShape(of.slice(i + 1))));
  const y = module.output(x.shape);
  const { rows, channels } = sizes(x);
  const [from, by, to] = [x, factors, y].map((tensor) => module.address(tensor)) as [
    number,
    number,
    number,
  ];
  module.parallel('scaleRows', { items: rows, cost: COST * channels }, (first, last) => [
    from,
    by,
    height,
    width,
    channels,
    ...steps,
    to,
    first,
    last,
  ]);
  return y;
}

/** All axes but the last: as many as three. */
function placesOf(shape: readonly number[]): number[] {
  return [1, 1, 1, ...shape.slice(0, -1)].slice(-3);
}
