import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Replacement } from '../install.ts';
import { type NativeBackend, Ops } from './ops.ts';

/**
 * A kernel made of TensorFlow ops. What `compute` makes and does not return is freed; where it
 * returns nothing, the backend's own kernel runs.
 */
export function kernel<Inputs, Attributes = object>(
  kernelName: string,
  compute: (ops: Ops, inputs: Inputs, attributes: Attributes) => Tensor | Tensor[] | undefined,
): Replacement {
  const create =
    (stock: KernelFunc): KernelFunc =>
    (args) => {
      const ops = new Ops(args.backend as unknown as NativeBackend);
      let results: Tensor | Tensor[] | undefined;
      try {
        results = compute(ops, args.inputs as Inputs, args.attrs as Attributes);
      } finally {
        ops.freeAllBut([results ?? []].flat());
      }
      return results ?? stock(args);
    };
  return { kernelName, create };
}
