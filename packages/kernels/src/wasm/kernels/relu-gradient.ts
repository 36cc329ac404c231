import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../install.ts';
import { moduleOf } from '../module.ts';

/** FbsdReluGradient: dy where y is not 0 or less, else 0. */
export const reluGradient: Replacement = {
  kernelName: 'FbsdReluGradient',
  create:
    () =>
    ({ inputs, backend }) => {
      const { dy, y } = inputs as { dy: TensorInfo; y: TensorInfo };
      const module = moduleOf(backend);
      const dx = module.output(y.shape);
      const addresses = [dy, y, dx].map((t) => module.address(t));
      const items = y.shape.reduce((product, size) => product * size, 1);
      module.parallel('reluGradient', { items, cost: 4, step: 4 }, (first, last) => [
        ...addresses,
        first,
        last,
      ]);
      return dx;
    },
};
