import {
  engine,
  getBackend,
  getKernel,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { backward, forward } from './passes.ts';

/**
 * Kernel name: inputs are the list of maps [B,…,C], the attribute `factor` is γ·scale, outputs are as
 * many maps. A backend that has a kernel of this name uses it instead of the composed one;
 * @fbsd/kernels installs one on wasm and WebGPU.
 */
const KERNEL = 'FbsdDiversify';
/** Inputs are the maps and then the gradients of the outputs, outputs the gradients of the maps. */
const GRADIENT = 'FbsdDiversifyGradient';

/**
 * {@link forward} with {@link backward} as its gradient. A kernel and not a `customGrad`, which has
 * one output only.
 */
export function runDiversify(maps: readonly Tensor[], factor: number): Tensor[] {
  const backendName = getBackend();
  if (!getKernel(KERNEL, backendName)) {
    registerKernel({
      kernelName: KERNEL,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        forward(inputs as unknown as Tensor[], attrs?.['factor'] as number),
    });
  }
  return engine().runKernel(KERNEL, maps as unknown as NamedTensorMap, { factor });
}

registerGradient({
  kernelName: KERNEL,
  saveAllInputs: true,
  gradFunc: (dz, maps, attrs) => {
    const factor = attrs['factor'] as number;
    const gradients = getKernel(GRADIENT, getBackend())
      ? runGradient([...maps, ...(dz as Tensor[])], factor)
      : backward(maps, dz as Tensor[], factor);
    return Object.fromEntries(gradients.map((gradient, i) => [i, () => gradient]));
  },
});

function runGradient(inputs: readonly Tensor[], factor: number): Tensor[] {
  return engine().runKernel(GRADIENT, inputs as unknown as NamedTensorMap, { factor });
}
