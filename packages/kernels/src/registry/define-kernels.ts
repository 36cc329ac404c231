import type { FusedAttrs, FusedInputs, FusedKernelName, FusedOutputs } from '@fbsd/fused-kernels';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Replacement } from './install.ts';

/*
 * How kernels are defined: the one place where the untyped arguments of tfjs's registry get their types.
 */

/** The arguments of a kernel of tfjs's own name. */
export interface KernelCall<Inputs, Attrs> {
  readonly inputs: Present<Inputs>;
  readonly attrs: Attrs;
  /** Calls the backend's own kernel, with other inputs or attributes if they are given. */
  stock(changed?: { inputs?: object; attrs?: object }): TensorInfo | TensorInfo[];
}

/** A kernel's arguments as the registry hands them over. */
interface Untyped {
  inputs: unknown;
  attrs?: unknown;
  backend: object;
}

/** tfjs's types let every input be undefined; only those that are optional are. */
type Present<Inputs> = { readonly [Key in keyof Inputs]: NonNullable<Inputs[Key]> };

/** Defines a kernel in the place of tfjs's own, which it may call. */
export function replacement<Inputs, Attrs = object>(
  kernelName: string,
  compute: (call: KernelCall<Inputs, Attrs>, backend: object) => TensorInfo | TensorInfo[],
): Replacement {
  const create =
    (stock: KernelFunc): KernelFunc =>
    (args) => {
      const { inputs, attrs, backend }: Untyped = args;
      const call: KernelCall<Inputs, Attrs> = {
        inputs: inputs as Present<Inputs>,
        attrs: attrs as Attrs,
        stock: (changed) => stock({ ...args, ...(changed as Partial<typeof args>) }),
      };
      return compute(call, backend);
    };
  return { kernelName, create };
}

/** Defines a fused kernel; names and types are those of the contract. */
export function fusedKernel<Name extends FusedKernelName>(
  kernelName: Name,
  compute: (
    inputs: FusedInputs<Name>,
    attrs: FusedAttrs<Name>,
    backend: object,
  ) => FusedOutputs<Name>,
): Replacement {
  const create =
    (): KernelFunc =>
    ({ inputs, attrs, backend }: Untyped) =>
      compute(inputs as FusedInputs<Name>, attrs as FusedAttrs<Name>, backend) as TensorInfo[];
  return { kernelName, create };
}

/**
 * The same for one backend, whose kernels are given first what they compute with: memory, device …
 *
 * @param run runs each of them. @default by calling it
 */
export function kernelsWith<Context>(
  contextOf: (backend: object) => Context,
  run: <Result>(context: Context, kernel: () => Result) => Result = (_, kernel) => kernel(),
) {
  function within<Result>(backend: object, kernel: (context: Context) => Result): Result {
    const context = contextOf(backend);
    return run(context, () => kernel(context));
  }
  return {
    replacement: <Inputs, Attrs = object>(
      kernelName: string,
      compute: (context: Context, call: KernelCall<Inputs, Attrs>) => TensorInfo | TensorInfo[],
    ) =>
      replacement<Inputs, Attrs>(kernelName, (call, backend) =>
        within(backend, (context) => compute(context, call)),
      ),

    fusedKernel: <Name extends FusedKernelName>(
      kernelName: Name,
      compute: (
        context: Context,
        inputs: FusedInputs<Name>,
        attrs: FusedAttrs<Name>,
      ) => FusedOutputs<Name>,
    ) =>
      fusedKernel(kernelName, (inputs, attrs, backend) =>
        within(backend, (context) => compute(context, inputs, attrs)),
      ),
  };
}
