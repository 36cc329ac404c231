import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Passes } from './passes.ts';
import { runFusedKernel } from './run-fused-kernel.ts';

/** Both passes by fused kernels. */
export const fused: Passes = {
  forward(x, { kernel, bias, gamma, beta, movingMean, movingVariance }, options) {
    const moving = options.training ? {} : { movingMean, movingVariance };
    const inputs = { x, kernel, bias, gamma, beta, ...moving };
    const outputs = runFusedKernel('FbsdFeatureBoostSuppress', inputs, options);
    const [boosted, suppressed, probabilities, normalized, mean, variance] = outputs;
    return {
      boosted,
      suppressed,
      probabilities,
      ...(mean && variance && { mean, variance }),
      saved: [probabilities, normalized, variance ?? (movingVariance as Tensor)],
    };
  },

  backward(upstream, x, { kernel, gamma, beta }, saved, options) {
    const [probabilities, normalized, variance] = saved as [Tensor2D, Tensor3D, Tensor];
    const inputs = {
      dBoosted: upstream.boosted,
      dSuppressed: upstream.suppressed,
      x,
      kernel,
      gamma,
      beta,
      probabilities,
      normalized,
      variance,
    };
    return runFusedKernel('FbsdFeatureBoostSuppressGradient', inputs, options);
  },
};
