import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as composed from './batch-norm-composed.ts';
import { runOwnKernel } from './own-kernel.ts';

/*
 * The three parts of batch normalisation, each by a kernel of ours where the backend has one, else
 * composed of stock ops.
 */

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

/** {@link composed.backward} */
export function backward(
  ...args: Parameters<typeof composed.backward>
): composed.BatchNormGradient {
  const [dy, x, mean, variance, gamma, y, attrs] = args;
  const inputs = { dy, x, mean, variance, gamma, y };
  const own = runOwnKernel('FbsdBatchNormGradient', inputs, attrs);
  if (!own) return composed.backward(...args);
  const [dx, dgamma, dbeta, residual] = own as [Tensor, Tensor1D, Tensor1D, Tensor?];
  return { x: dx, gamma: dgamma, beta: dbeta, ...(residual && { residual }) };
}
