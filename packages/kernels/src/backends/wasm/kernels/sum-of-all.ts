import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';

/** Values that are added up at a time: enough of them to divide those of a large tensor over threads. */
const VALUES = 4096;

/** FbsdSumOfAll: tensors → the sum of all their values. */
export const sumOfAll = fusedKernel('FbsdSumOfAll', (module, tensors) => {
  const sums = tensors.map((tensor) => sumOf(module, tensor));
  const total = module.output([]);
  module.floats(module.address(total), 1)[0] = sums.reduce((a, b) => a + b, 0);
  return [total];
});

function sumOf(module: WasmModule, tensor: TensorInfo): number {
  const size = util.sizeFromShape(tensor.shape);
  const rows = Math.floor(size / VALUES);
  const rest = size % VALUES;
  const count = rows + Number(rest > 0);
  const [sums] = module.scratch(4 * count);
  const from = module.address(tensor);
  module.parallel('rowSums', { items: rows, cost: 4 * VALUES }, (first, last) => [
    from,
    VALUES,
    first,
    last,
    sums,
  ]);
  if (rest > 0) module.call('rowSums', from + 4 * rows * VALUES, rest, 0, 1, sums + 4 * rows);
  return module.floats(sums, count).reduce((a, b) => a + b, 0);
}
