import type { FusedKernelName, FusedKernels } from '@fbsd/fused-kernels';
import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';

/*
 * This file stands in every package with a fused kernel, the same in all of them, because each installs alone: a
 * package to share it would be a dependency of each layer, for fewer lines than its package.json has.
 */

/** tfjs's engine; its own types leave out that the inputs may be a list. */
interface Engine {
  runKernel<Outputs extends Tensor[]>(name: string, inputs: object, attrs?: object): Outputs;
}

/** Whether the current backend has a fused kernel: `accelerate()` of @fbsd/kernels brings them. */
export function hasFusedKernel(name: FusedKernelName): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/**
 * Runs a fused kernel of the current backend.
 *
 * @param inputs those that are undefined are left out
 * @throws Error if the backend does not have it
 */
export function runFusedKernel<Name extends FusedKernelName>(
  name: Name,
  inputs: FusedKernels[Name]['inputs'],
  attrs: FusedKernels[Name]['attrs'],
): FusedKernels[Name]['outputs'] {
  const given = Array.isArray(inputs)
    ? inputs
    : Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor));
  const tfjs: Engine = engine();
  return tfjs.runKernel(name, given, attrs);
}

/** {@link runFusedKernel} if the current backend has it, else undefined: compute the fallback then. */
export function tryFusedKernel<Name extends FusedKernelName>(
  ...[name, inputs, attrs]: Parameters<typeof runFusedKernel<Name>>
): FusedKernels[Name]['outputs'] | undefined {
  return hasFusedKernel(name) ? runFusedKernel(name, inputs, attrs) : undefined;
}
