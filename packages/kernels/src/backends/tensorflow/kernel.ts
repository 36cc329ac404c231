import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../registry/install.ts';
import { type NativeBackend, Ops } from './ops.ts';

/** A kernel made of TensorFlow ops; where `compute` returns nothing, the backend's own runs. */
export function kernel<Inputs, Attributes = object>(
  kernelName: string,
  compute: (ops: Ops, inputs: Inputs, attributes: Attributes) => Tensor | Tensor[] | undefined,
): Replacement {
  const create =
    (stock: KernelFunc): KernelFunc =>
    (args) =>
      withOps(args.backend, (ops) =>
        compute(ops, args.inputs as Inputs, args.attrs as Attributes),
      ) ?? stock(args);
  return { kernelName, create };
}

/** Computes something of TensorFlow ops. What `compute` makes and does not return is freed. */
export function withOps<Result extends Tensor | Tensor[] | undefined>(
  backend: object,
  compute: (ops: Ops) => Result,
): Result {
  const ops = new Ops(backend as NativeBackend);
  let result: Result | undefined;
  try {
    result = compute(ops);
    return result;
  } finally {
    ops.freeAllBut([result ?? []].flat());
  }
}
