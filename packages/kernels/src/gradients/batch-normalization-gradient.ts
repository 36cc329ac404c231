import {
  add,
  FusedBatchNorm,
  type FusedBatchNormAttrs,
  type GradConfig,
  mul,
  neg,
  onesLike,
  reshape,
  rsqrt,
  sub,
  type Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';
import { normalizeBackward } from '../ops/batch-norm-kernels.ts';

/**
 * The gradient of tfjs's own `batchNorm`, as `tf.layers.batchNormalization` uses it. The stock one
 * tiles statistics to x's size and makes six more temporaries of it; this one makes none where
 * statistics are per channel and the backend has a kernel.
 */
export const batchNormalizationGradient: GradConfig = {
  kernelName: FusedBatchNorm,
  inputsToSave: ['x', 'mean', 'variance', 'scale'],
  gradFunc: (upstream, saved, attrs: unknown) => {
    const dy = upstream as Tensor;
    const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor | undefined];
    const { varianceEpsilon: epsilon } = attrs as FusedBatchNormAttrs;
    const gamma = scale ?? onesLike(mean);
    const [dx, dmean, dvariance, dscale, doffset] = (
      mean.rank === 1
        ? normalizeBackward(
            dy,
            x,
            mean as Tensor1D,
            variance as Tensor1D,
            gamma as Tensor1D,
            undefined,
            { epsilon, residual: false },
          )
        : elementwiseBackward(dy, x, mean, variance, gamma, epsilon)
    ) as [Tensor, Tensor, Tensor, Tensor, Tensor];
    return {
      x: () => dx,
      mean: () => dmean,
      variance: () => dvariance,
      scale: () => dscale,
      offset: () => doffset,
    };
  },
};

/** The same for statistics of x's shape; tfjs gives x and dy leading axes of size 1, up to rank 4. */
function elementwiseBackward(
  dy: Tensor,
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  gamma: Tensor,
  epsilon: number,
): Tensor[] {
  return tidy(() => {
    const s = rsqrt(add(variance, epsilon));
    const dx = mul(dy, mul(gamma, s));
    const dgamma = mul(dy, mul(s, sub(x, mean)));
    const dvariance = mul(mul(mul(gamma, mul(s, s)), dgamma), -0.5);
    return [dx, ...[neg(dx), dvariance, dgamma, dy].map((t) => reshape(t, mean.shape))];
  });
}
