import {
  onesLike,
  type Tensor,
  type Tensor1D,
  tidy,
  unstack,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { tryFusedKernel } from '../registry/run-fused-kernel.ts';
import * as fallback from './batch-norm-fallback.ts';
import * as shared from './shared-batch-norm.ts';
import { warnUnaccelerated } from './warn-unaccelerated.ts';

/* Batch normalisation by fused kernels where the backend has them, else by the fallback. */

/** The outcome of a batch in training. */
export interface Forward {
  y: Tensor;
  mean: Tensor1D;
  variance: Tensor1D;
  /** How many values each of them was taken over. */
  count: number;
  /** Tensors that the kernel wants back in {@link backward}. */
  reserved: readonly Tensor[];
}

/** Normalises by the moments of x itself, or of the whole batch that x is a process's share of. */
export function forward(
  x: Tensor,
  gamma: Tensor1D,
  beta: Tensor1D,
  residual: Tensor | undefined,
  attrs: { epsilon: number; relu: boolean },
): Forward {
  if (shared.isShared()) {
    const statistics = shared.statistics(x, moments(x));
    const { mean, variance } = statistics;
    const y = normalize(x, mean, variance, gamma, beta, residual, attrs);
    return { y, ...statistics, reserved: [] };
  }
  const count = x.size / gamma.size;
  const fused = tryFusedKernel('FbsdFusedBatchNorm', { x, gamma, beta, residual }, attrs);
  if (fused) {
    const [y, mean, variance, ...reserved] = fused;
    return { y, mean, variance, count, reserved };
  }
  warnUnaccelerated();
  const [mean, variance] = tidy(() => unstack(moments(x))) as [Tensor1D, Tensor1D];
  const y = normalize(x, mean, variance, gamma, beta, residual, attrs);
  return { y, mean, variance, count, reserved: [] };
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
  if (shared.isShared()) {
    const given = normalizeBackward(dy, x, mean, variance, gamma, y, attrs);
    return shared.throughStatistics(x, mean, given, (scale, shift, dx) =>
      normalize(x, zerosLike(mean), onesLike(mean), scale, shift, dx, { epsilon: 0, relu: false }),
    );
  }
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
