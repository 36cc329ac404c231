import type { FusedAttrs, FusedInputs, FusedKernelName, FusedOutputs } from '@fbsd/fused-kernels';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as kernels from '../../registry/define-kernels.ts';
import type { Replacement } from '../../registry/install.ts';
import { type NativeBackend, Ops } from './ops.ts';

/** Defines a kernel of TensorFlow ops in the place of the backend's own, which runs where `compute` returns nothing. */
export function replacement<Inputs, Attrs>(
  kernelName: string,
  compute: (
    ops: Ops,
    inputs: kernels.KernelCall<Inputs, Attrs>['inputs'],
    attrs: Attrs,
  ) => Tensor | undefined,
): Replacement {
  return kernels.replacement<Inputs, Attrs>(
    kernelName,
    ({ inputs, attrs, stock }, backend) =>
      withOps(backend, (ops) => compute(ops, inputs, attrs)) ?? stock(),
  );
}

/** Defines a fused kernel of TensorFlow ops. */
export function fusedKernel<Name extends FusedKernelName>(
  kernelName: Name,
  compute: (
    ops: Ops,
    inputs: FusedInputs<Name>,
    attrs: FusedAttrs<Name>,
  ) => FusedOutputs<Name> & Tensor[],
): Replacement {
  return kernels.fusedKernel(kernelName, (inputs, attrs, backend) =>
    withOps(backend, (ops) => compute(ops, inputs, attrs)),
  );
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
