import {
  engine,
  getBackend,
  getKernel,
  type NamedTensorMap,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Gating, Gradients } from './gating.ts';
import type { Statistics } from './moving-statistics.ts';
import type { Cut } from './strips.ts';

/*
 * A backend may have kernels of its own; @fbsd/kernels installs them on WebGPU.
 *
 * FbsdFeatureBoostSuppress: inputs x [B,H,W,C], kernel, bias, gamma, beta, and in evaluation movingMean and
 * movingVariance; outputs the boosted and the suppressed map, the probabilities [B,k], ẑ [B,H,W] and, in
 * training, mean and variance of the strips [k].
 * FbsdFeatureBoostSuppressGradient: inputs dBoosted, dSuppressed if that map is used, x, kernel, gamma, beta,
 * probabilities, normalized (ẑ) and the variance, [k] in training, [1] in evaluation; outputs the gradients of
 * x, kernel, bias, gamma and beta.
 *
 * The attributes of both are the options of the op, all of them given.
 *
 * FbsdStripMovingStatistics: inputs movingMean, movingVariance [1], mean and variance of the strips [k]; attributes
 * shape (of x), parts, axis and momentum; outputs the next movingMean and movingVariance.
 */
const FORWARD = 'FbsdFeatureBoostSuppress';
const GRADIENT = 'FbsdFeatureBoostSuppressGradient';
const MOVING = 'FbsdStripMovingStatistics';

/** Both passes by the backend's own kernels, if it has them. */
export function ownGating(): Gating | undefined {
  return getKernel(FORWARD, getBackend()) ? own : undefined;
}

const own: Gating = {
  forward(x, { kernel, bias, gamma, beta, movingMean, movingVariance }, options) {
    const { training } = options;
    const moving = training ? {} : { movingMean, movingVariance };
    const outputs = run(FORWARD, { x, kernel, bias, gamma, beta, ...moving }, { ...options });
    const [boosted, suppressed, probabilities, normalized, mean, variance] = outputs as [
      Tensor4D,
      Tensor4D,
      Tensor2D,
      Tensor,
      Tensor1D?,
      Tensor1D?,
    ];
    return {
      ...{ boosted, suppressed, probabilities },
      ...(mean && variance && { mean, variance }),
      saved: [probabilities, normalized, variance ?? (movingVariance as Tensor)],
    };
  },

  backward(upstream, x, { kernel, gamma, beta }, saved, options) {
    const [probabilities, normalized, variance] = saved as [Tensor, Tensor, Tensor];
    const inputs = {
      ...{ dBoosted: upstream.boosted, dSuppressed: upstream.suppressed },
      ...{ x, kernel, gamma, beta, probabilities, normalized, variance },
    };
    return run(GRADIENT, inputs, { ...options }) as Gradients;
  },
};

/** The next moving statistics by the backend's own kernel, if it has one. */
export function ownMovingStatistics(
  moving: Statistics,
  strips: Statistics,
  { shape }: Tensor4D,
  { parts, axis }: Cut,
  momentum: number,
): Statistics | undefined {
  if (!getKernel(MOVING, getBackend())) return undefined;
  const inputs = { movingMean: moving.mean, movingVariance: moving.variance, ...strips };
  const outputs = run(MOVING, inputs, { shape, parts, axis, momentum });
  const [mean, variance] = outputs as [Tensor, Tensor];
  return { mean, variance };
}

function run(
  kernel: string,
  inputs: Record<string, Tensor | undefined>,
  attrs: Record<string, number | string | boolean | number[]>,
): Tensor[] {
  const given = Object.entries(inputs).filter(([, tensor]) => tensor);
  return engine().runKernel(kernel, Object.fromEntries(given) as NamedTensorMap, attrs);
}
