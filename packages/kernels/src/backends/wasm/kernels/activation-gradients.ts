import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { moduleOf } from '../module.ts';

/** FbsdReluGradient: dy where y is not 0 or less, else 0. */
export const reluGradient: Replacement = {
  kernelName: 'FbsdReluGradient',
  create: (): KernelFunc => (args) => masked('reluGradient', args, 'y'),
};

/** FbsdClipGradient: dy where low ≤ x ≤ high, else 0. */
export const clipGradient: Replacement = {
  kernelName: 'FbsdClipGradient',
  create: (): KernelFunc => (args) => {
    const { low, high } = args.attrs as { low: number; high: number };
    return masked('clipGradient', args, 'x', low, high);
  },
};

/** dy where the other input, value by value, lets it through. */
function masked(
  name: 'reluGradient' | 'clipGradient',
  { inputs, backend }: Parameters<KernelFunc>[0],
  mask: 'x' | 'y',
  ...bounds: number[]
): TensorInfo {
  const [dy, by] = [inputs['dy'], inputs[mask]] as [TensorInfo, TensorInfo];
  const module = moduleOf(backend);
  const dx = module.output(by.shape);
  const addresses = [dy, by, dx].map((t) => module.address(t));
  const items = util.sizeFromShape(by.shape);
  module.parallel(name, { items, cost: 4, step: 4 }, (first, last) => [
    ...addresses,
    ...bounds,
    first,
    last,
  ]);
  return dx;
}
