import {
  type KernelFunc,
  Mean,
  type MeanAttrs,
  Sum,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { moduleOf } from '../module.ts';

/** Sums over neighbouring axes that are not the last, which the stock kernel transposes first. */
export const sum: Replacement = { kernelName: Sum, create: (stock) => reduce(stock, () => 1) };

/** Means, likewise. */
export const mean: Replacement = {
  kernelName: Mean,
  create: (stock) => reduce(stock, (reduced) => 1 / reduced),
};

function reduce(stock: KernelFunc, scaleOf: (reduced: number) => number): KernelFunc {
  return (args) => {
    const { x } = args.inputs as { x: TensorInfo };
    const { axis, keepDims } = args.attrs as unknown as MeanAttrs & { keepDims: boolean };
    const axes = util.parseAxisParam(axis, x.shape).sort((p, q) => p - q);
    const first = axes[0] ?? 0;
    const contiguous = axes.every((a, i) => a === first + i);
    const outer = util.sizeFromShape(x.shape.slice(0, first));
    const inner = util.sizeFromShape(x.shape.slice(first + axes.length));
    const reduced = util.sizeFromShape(axes.map((a) => x.shape[a] as number));
    const columns = contiguous && inner > 1 && reduced > 0;
    if (x.dtype !== 'float32' || !columns) return stock(args);

    const module = moduleOf(args.backend);
    const kept = keepDims ? x.shape.map((size, i) => (axes.includes(i) ? 1 : size)) : undefined;
    const y = module.output(kept ?? x.shape.filter((_, i) => !axes.includes(i)));
    const [from, to] = [module.address(x), module.address(y)];
    const work = { items: outer, cost: 4 * reduced * inner };
    module.parallel('columnSums', work, (begin, end) => [from, inner, reduced, begin, end, to]);
    const scale = scaleOf(reduced);
    if (scale !== 1) {
      const values = module.floats(to, outer * inner);
      for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * scale;
    }
    return y;
  };
}
