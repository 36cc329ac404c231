import {
  customGrad,
  engine,
  getBackend,
  registerGradient,
  registerKernel,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { backward, forward } from './passes.ts';
import { hasFusedKernel, runFusedKernel, tryFusedKernel } from './run-fused-kernel.ts';

const KERNEL = 'FbsdDiversify';

/**
 * {@link forward} with {@link backward} as its gradient. Through tfjs's registry also where there is no fused
 * kernel, since a `customGrad` has one output only: the fallback is registered as the backend's kernel then.
 */
export function runDiversify(maps: readonly Tensor[], factor: number): Tensor[] {
  if (!hasFusedKernel(KERNEL)) registerFallback();
  const similarities = engine().isTapeOn() && similaritiesOf(maps);
  if (!similarities) return runFusedKernel(KERNEL, maps, { factor });
  try {
    return runFusedKernel(KERNEL, [...maps, similarities], { factor, similarities: true });
  } finally {
    similarities.dispose(); // the tape has its own
  }
}

/**
 * What the gradient would compute again, on backends that keep it. To the tape it is made of nothing, since no gradient
 * goes through it.
 */
function similaritiesOf(maps: readonly Tensor[]): Tensor | undefined {
  if (!hasFusedKernel('FbsdSimilarities')) return undefined;
  const fromNothing = customGrad(() => ({
    value: runFusedKernel('FbsdSimilarities', maps, {})[0],
    gradFunc: () => [],
  }));
  return fromNothing();
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
  gradFunc: (upstream, saved, attrs: unknown) => {
    const dz = upstream as Tensor[];
    const maps = saved.slice(0, dz.length);
    // Where the backend is another by now, it need not know them.
    const similarities = hasFusedKernel('FbsdSimilarities') ? saved.slice(dz.length) : [];
    const { factor } = attrs as Attributes;
    const gradients =
      tryFusedKernel('FbsdDiversifyGradient', [...maps, ...dz, ...similarities], { factor }) ??
      backward(maps, dz, factor);
    return Object.fromEntries(gradients.map((gradient, i) => [i, () => gradient]));
  },
});
