import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';

/** FbsdReluGradient: dy where y is not 0 or less, else 0. */
export const reluGradient = fusedKernel('FbsdReluGradient', (module, { dy, y }) => [
  masked(module, 'reluGradient', dy, y),
]);

/** FbsdClipGradient: dy where low ≤ x ≤ high, else 0. */
export const clipGradient = fusedKernel('FbsdClipGradient', (module, { dy, x }, { low, high }) => [
  masked(module, 'clipGradient', dy, x, low, high),
]);

/** dy where the other input, value by value, lets it through. */
function masked(
  module: WasmModule,
  name: 'reluGradient' | 'clipGradient',
  dy: TensorInfo,
  by: TensorInfo,
  ...bounds: number[]
): TensorInfo {
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
