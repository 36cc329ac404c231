import {
  customGrad,
  type GradConfig,
  type GradSaveFunc,
  mul,
  Relu,
  step,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { tryFusedKernel } from '../registry/run-fused-kernel.ts';

/**
 * The gradient of ReLU from its output, which the next layer keeps anyway, instead of its input:
 * dx = dy where y > 0, else 0.
 */
export const reluGradient: GradConfig = {
  kernelName: Relu,
  outputsToSave: [true],
  gradFunc: (dy, saved) => ({ x: () => masked(dy as Tensor, saved[0] as Tensor) }),
};

/** Linear in dy, hence its own gradient: second derivatives work as well. */
function masked(dy: Tensor, y: Tensor): Tensor {
  const op = customGrad((dy: Tensor | GradSaveFunc) => ({
    value:
      tryFusedKernel('FbsdReluGradient', { dy: dy as Tensor, y }, {})?.[0] ??
      mul(dy as Tensor, step(y)),
    gradFunc: (ddx: Tensor) => masked(ddx, y),
  }));
  return op(dy);
}
