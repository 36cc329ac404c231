import { type Tensor, type Tensor1D, tidy, unstack } from '@tensorflow/tfjs-core';
import { runOwnKernel } from '../registry/run-fused-kernel.ts';
import * as composed from './batch-norm-fallback.ts';

/*
 * Batch normalisation by kernels of ours where the backend has them, else composed of stock ops.
 */

/** The outcome of a batch in training. */
export interface Forward {
  y: Tensor;
  mean: Tensor1D;
  variance: Tensor1D;
  /** What the kernel that made it wants back in {@link backward}. */
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
  const own = runOwnKernel('FbsdFusedBatchNorm', { x, gamma, beta, residual }, attrs);
  if (own) {
    const [y, mean, variance, ...reserved] = own as [Tensor, Tensor1D, Tensor1D, ...Tensor[]];
    return { y, mean, variance, reserved };
  }
  const [mean, variance] = tidy(() => unstack(moments(x))) as [Tensor1D, Tensor1D];
  const y = normalize(x, mean, variance, gamma, beta, residual, attrs);
  return { y, mean, variance, reserved: [] };
}

/** {@link composed.moments} */
export function moments(x: Tensor): Tensor {
  return runOwnKernel('FbsdMoments', { x })?.[0] ?? composed.moments(x);
}

/** {@link composed.normalize} */
export function normalize(...args: Parameters<typeof composed.normalize>): Tensor {
  const [x, mean, variance, gamma, beta, residual, attrs] = args;
  const inputs = { x, mean, variance, gamma, beta, residual };
  return runOwnKernel('FbsdNormalize', inputs, attrs)?.[0] ?? composed.normalize(...args);
}

/** {@link composed.backward}; `reserved` comes from {@link forward}. */
export function backward(
  ...args: [...Parameters<typeof composed.backward>, reserved?: readonly Tensor[]]
): composed.BatchNormGradient {
  const [dy, x, mean, variance, gamma, y, attrs, reserved = []] = args;
  const own = reserved.length
    ? runOwnKernel('FbsdFusedBatchNormGradient', { dy, x, gamma, y, ...named(reserved) }, attrs)
    : runOwnKernel('FbsdBatchNormGradient', { dy, x, mean, variance, gamma, y }, attrs);
  if (!own) return composed.backward(dy, x, mean, variance, gamma, y, attrs);
  const [dx, dgamma, dbeta, residual] = own as [Tensor, Tensor1D, Tensor1D, Tensor?];
  return { x: dx, gamma: dgamma, beta: dbeta, ...(residual && { residual }) };
}

/** {@link composed.normalizeBackward} */
export function normalizeBackward(
  ...args: Parameters<typeof composed.normalizeBackward>
): Tensor[] {
  const [dy, x, mean, variance, gamma, y, attrs] = args;
  const inputs = { dy, x, mean, variance, gamma, y };
  return (
    runOwnKernel('FbsdNormalizeGradient', inputs, attrs) ?? composed.normalizeBackward(...args)
  );
}

function named(reserved: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(reserved.map((tensor, i) => [`reserved${i}`, tensor]));
}
