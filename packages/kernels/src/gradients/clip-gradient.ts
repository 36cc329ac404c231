import {
  ClipByValue,
  type ClipByValueAttrs,
  customGrad,
  type GradConfig,
  type GradSaveFunc,
  greaterEqual,
  lessEqual,
  logicalAnd,
  Relu6,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { tryFusedKernel } from '../registry/run-fused-kernel.ts';

/** The gradient of `clipByValue`: dx = dy where min ≤ x ≤ max, else 0. */
export const clipGradient: GradConfig = {
  kernelName: ClipByValue,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attrs: unknown) => {
    const { clipValueMin, clipValueMax } = attrs as ClipByValueAttrs;
    return { x: () => within(dy as Tensor, x as Tensor, clipValueMin, clipValueMax) };
  },
};

/** x > 0 is x ≥ the smallest number above it. */
const ABOVE_ZERO = 2 ** -149;

/** The gradient of `relu6`: dx = dy where 0 < x ≤ 6, else 0. */
export const relu6Gradient: GradConfig = {
  kernelName: Relu6,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => within(dy as Tensor, x as Tensor, ABOVE_ZERO, 6) }),
};

/** Linear in dy, hence its own gradient: second derivatives work as well. */
function within(dy: Tensor, x: Tensor, low: number, high: number): Tensor {
  const op = customGrad((dy: Tensor | GradSaveFunc) => ({
    value:
      tryFusedKernel('FbsdClipGradient', { dy: dy as Tensor, x }, { low, high })?.[0] ??
      where(logicalAnd(greaterEqual(x, low), lessEqual(x, high)), dy as Tensor, zerosLike(x)),
    gradFunc: (ddx: Tensor) => within(ddx, x, low, high),
  }));
  return op(dy);
}
