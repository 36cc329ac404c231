import { getBackend, registerGradient, registerKernel, type Tensor } from '@tensorflow/tfjs-core';
import { backward, forward } from './passes.ts';
import { hasFusedKernel, runFusedKernel, tryFusedKernel } from './run-fused-kernel.ts';

const KERNEL = 'FbsdDiversify';

/**
 * {@link forward} with {@link backward} as its gradient. Through tfjs's registry also where there is no fused
 * kernel, since a `customGrad` has one output only: the fallback is registered as the backend's kernel then.
 */
export function runDiversify(maps: readonly Tensor[], factor: number): Tensor[] {
  if (!hasFusedKernel(KERNEL)) registerFallback();
  return runFusedKernel(KERNEL, maps, { factor });
}

function registerFallback(): void {
  registerKernel({
    kernelName: KERNEL,
    backendName: getBackend(),
    kernelFunc: ({ inputs, attrs }: { inputs: unknown; attrs?: unknown }) =>
      forward(inputs as Tensor[], (attrs as Attributes).factor),
  });
}

interface Attributes {
  factor: number;
}

registerGradient({
  kernelName: KERNEL,
  saveAllInputs: true,
  gradFunc: (upstream, maps, attrs: unknown) => {
    const dz = upstream as Tensor[];
    const { factor } = attrs as Attributes;
    const gradients =
      tryFusedKernel('FbsdDiversifyGradient', [...maps, ...dz], { factor }) ??
      backward(maps, dz, factor);
    return Object.fromEntries(gradients.map((gradient, i) => [i, () => gradient]));
  },
});
