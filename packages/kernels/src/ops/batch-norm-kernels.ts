import { type Tensor, type Tensor1D, tidy, unstack } from '@tensorflow/tfjs-core';
import { tryFusedKernel } from '../registry/run-fused-kernel.ts';
import * as fallback from './batch-norm-fallback.ts';
import { warnUnaccelerated } from './warn-unaccelerated.ts';

/* Batch normalisation by fused kernels where the backend has them, else by the fallback. */

/** The outcome of a batch in training. */
export interface Forward {
  y: Tensor;
  mean: Tensor1D;
  variance: Tensor1D;
  /** Tensors that the kernel wants back in {@link backward}. */
  reserved: readonly Tensor[];
}

/** Normalises by the moments of x itself. */
export function forward(
  x: Tensor,
  gamma: Tensor1D,
  beta: Tensor1D,
  residual: Tensor | undefined,
  attrs: { epsilon: number; relu: boolean },
): Forward {
  const fused = tryFusedKernel('FbsdFusedBatchNorm', { x, gamma, beta, residual }, attrs);
  if (fused) {
    const [y, mean, variance, ...reserved] = fused;
    return { y, mean, variance, reserved };
  }
  warnUnaccelerated();
  const [mean, variance] = tidy(() => unstack(moments(x))) as [Tensor1D, Tensor1D];
  const y = normalize(x, mean, variance, gamma, beta, residual, attrs);
  return { y, mean, variance, reserved: [] };
}

/** {@link fallback.moments} */
export function moments(x: Tensor): Tensor {
  return tryFusedKernel('FbsdMoments', { x }, {})?.[0] ?? fallback.moments(x);
}

/** {@link fallback.normalize} */
export function normalize(...args: Parameters<typeof fallback.normalize>): Tensor {
  const [x, mean, variance, gamma, beta, residual, attrs] = args;
  const inputs = { x, mean, variance, gamma, beta, residual };
  return tryFusedKernel('FbsdNormalize', inputs, attrs)?.[0] ?? fallback.normalize(...args);
}

/** {@link fallback.backward}; `reserved` comes from {@link forward}. */
export function backward(
  ...args: [...Parameters<typeof fallback.backward>, reserved?: readonly Tensor[]]
): fallback.BatchNormGradient {
  const [dy, x, mean, variance, gamma, y, attrs, reserved = []] = args;
  const [reserved0, reserved1, reserved2] = reserved;
  const fused =
    reserved0 && reserved1 && reserved2
      ? tryFusedKernel(
          'FbsdFusedBatchNormGradient',
          { dy, x, gamma, y, reserved0, reserved1, reserved2 },
          attrs,
        )
      : tryFusedKernel('FbsdBatchNormGradient', { dy, x, mean, variance, gamma, y }, attrs);
  if (!fused) return fallback.backward(dy, x, mean, variance, gamma, y, attrs);
  const [dx, dgamma, dbeta, residual] = fused;
  return { x: dx, gamma: dgamma, beta: dbeta, ...(residual && { residual }) };
}

/** {@link fallback.normalizeBackward} */
export function normalizeBackward(
  ...args: Parameters<typeof fallback.normalizeBackward>
): Tensor[] {
  const [dy, x, mean, variance, gamma, y, attrs] = args;
  const inputs = { dy, x, mean, variance, gamma, y };
  return (
    tryFusedKernel('FbsdNormalizeGradient', inputs, attrs) ?? fallback.normalizeBackward(...args)
  );
}
