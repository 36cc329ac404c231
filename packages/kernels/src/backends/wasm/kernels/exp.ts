import { Exp, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { moduleOf } from '../module.ts';

/** eˣ by a polynomial, four at a time; the stock kernel calls the C library for each value. */
export const exp: Replacement = {
  kernelName: Exp,
  create:
    (stock): KernelFunc =>
    (args) => {
      const { x } = args.inputs as { x: TensorInfo };
      if (x.dtype !== 'float32') return stock(args);
      const module = moduleOf(args.backend);
      const y = module.output(x.shape);
      const [from, to] = [module.address(x), module.address(y)];
      const work = { items: util.sizeFromShape(x.shape), cost: 12, step: 4 };
      module.parallel('exponential', work, (first, last) => [from, to, first, last]);
      return y;
    },
};
