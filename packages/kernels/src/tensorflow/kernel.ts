import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Replacement } from '../install.ts';
import { type NativeBackend, Ops } from './ops.ts';

/** A kernel made of TensorFlow ops. What `compute` makes and does not return is freed. */
export function kernel<Inputs, Attributes = object>(
  kernelName: string,
  compute: (ops: Ops, inputs: Inputs, attributes: Attributes) => Tensor[],
): Replacement {
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) => {
    const ops = new Ops(backend as unknown as NativeBackend);
    let results: Tensor[] = [];
    try {
      results = compute(ops, inputs as Inputs, attrs as Attributes);
      return results;
    } finally {
      ops.freeAllBut(results);
    }
  };
  return { kernelName, create: () => kernelFunc };
}
