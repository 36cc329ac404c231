import {
  Mean,
  type MeanAttrs,
  Sum,
  type SumInputs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { KernelCall } from '../../../registry/define-kernels.ts';
import { replacement } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';

/**
 * Sums over neighbouring axes: the stock kernel transposes first, unless they are the last, and adds one value after the
 * other, so that of millions of values three digits are right.
 */
export const sum = replacement<SumInputs, ReductionAttrs>(Sum, (module, call) =>
  reduce(module, call, () => 1, ['float32', 'int32']),
);

/** Means, likewise. */
export const mean = replacement<SumInputs, ReductionAttrs>(Mean, (module, call) =>
  reduce(module, call, (reduced) => 1 / reduced, ['float32']),
);

type ReductionAttrs = MeanAttrs & { keepDims: boolean };

function reduce(
  module: WasmModule,
  { inputs: { x }, attrs: { axis, keepDims }, stock }: KernelCall<SumInputs, ReductionAttrs>,
  scaleOf: (reduced: number) => number,
  ofNothing: readonly string[], // the stock kernel does not write these
): TensorInfo | TensorInfo[] {
  const axes = util.parseAxisParam(axis, x.shape).sort((p, q) => p - q);
  const first = axes[0] ?? 0;
  const contiguous = axes.every((a, i) => a === first + i);
  const outer = util.sizeFromShape(x.shape.slice(0, first));
  const inner = util.sizeFromShape(x.shape.slice(first + axes.length));
  const reduced = util.sizeFromShape(axes.map((a) => x.shape[a] as number));
  const nothing = reduced === 0 && ofNothing.includes(x.dtype);
  if (!contiguous || (x.dtype !== 'float32' && !nothing)) return stock();

  const kept = keepDims ? x.shape.map((size, i) => (axes.includes(i) ? 1 : size)) : undefined;
  const y = module.output(kept ?? x.shape.filter((_, i) => !axes.includes(i)), x.dtype);
  const [from, to] = [module.address(x), module.address(y)];
  const work = { items: outer, cost: 4 * reduced * inner };
  if (outer * inner * reduced === 0) {
    module.floats(to, outer * inner).fill(0);
  } else if (inner === 1) {
    module.parallel('rowSums', work, (begin, end) => [from, reduced, begin, end, to]);
  } else {
    const bytes = module.sizes.columnSumsScratchBytes(inner);
    const scratch = module.scratch(...module.forEachThread(bytes));
    module.parallel('columnSums', work, (begin, end, thread) => [
      from,
      inner,
      reduced,
      begin,
      end,
      to,
      scratch[thread] as number,
    ]);
  }
  const scale = scaleOf(reduced);
  if (scale !== 1) {
    const values = module.floats(to, outer * inner);
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * scale;
  }
  return y;
}
