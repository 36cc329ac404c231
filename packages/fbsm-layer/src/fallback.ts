import {
  add,
  avgPool,
  cast,
  equal,
  expandDims,
  matMul,
  max,
  mul,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { ResolvedOptions } from './options.ts';
import type { Passes, Weights } from './passes.ts';
import { type StripScores, scoreStrips, scoreStripsGradient } from './strip-scores.ts';
import { Strips } from './strips.ts';

/** Both passes by stock ops, for the backends without fused kernels. docs/derivations/fbsm.md derives the gradient. */
export const fallback: Passes = {
  forward(x, weights, options) {
    const scores = scoreMap(x, weights, options);
    const { probabilities, normalized, scale, mean, variance } = scores;
    const strips = new Strips(x, options);
    return {
      boosted: mul(x, gain(probabilities, strips, options)),
      suppressed: mul(x, suppression(probabilities, strips, options)),
      probabilities,
      ...(mean && variance && { mean, variance }),
      saved: [probabilities, normalized, scale],
    };
  },

  backward({ boosted: dBoosted, suppressed: dSuppressed }, x, weights, saved, options) {
    const [probabilities, normalized, scale] = saved as [Tensor2D, Tensor3D, Tensor3D];
    const { kernel, gamma, beta } = weights;
    const { alpha, training } = options;
    return tidy(() => {
      const strips = new Strips(x, options);
      const scores = { probabilities, normalized, scale };
      const dProbabilities: Tensor2D = mul(strips.sum(channelDots(x, dBoosted)), alpha);
      const d = scoreStripsGradient(dProbabilities, scores, { gamma, beta }, strips, training);
      const dMap: Tensor4D = expandDims(d.map, 3); // [B,H,W,1]
      // Each in a scope of its own, so that full-size products live no longer than their sum.
      const dKernel = tidy(() => reshape(positionSum(mul(x, dMap)), kernel.shape));
      const dX = tidy(() => {
        const factor = gain(probabilities, strips, options);
        const row = reshape(kernel, [1, 1, 1, -1]);
        const throughBoost = tidy(() => add(mul(dBoosted, factor), mul(dMap, row)));
        if (!dSuppressed) return throughBoost;
        return add(throughBoost, mul(dSuppressed, suppression(probabilities, strips, options)));
      });
      // A batch norm by the batch's own mean takes the bias away again.
      const dBias = training ? zeros([1]) : reshape(sum(dMap), [1]);
      return [dX, dKernel, dBias, d.gamma, d.beta];
    });
  },
};

/** The 1×1 convolution to one channel, then {@link scoreStrips}. */
export function scoreMap(
  x: Tensor4D,
  { kernel, bias, movingMean, movingVariance, ...affine }: Weights,
  options: ResolvedOptions,
): StripScores {
  const { training, epsilon } = options;
  const [batch, height, width, channels] = x.shape;
  const strips = new Strips(x, options);
  // [BHW,C] · [C,1] → [BHW,1]
  const product = matMul(reshape(x, [-1, channels]), reshape(kernel, [channels, 1]));
  const map: Tensor3D = reshape(product, [batch, height, width]);

  // The bias is left out of the map: it moves the mean and nothing else.
  if (training) {
    const scores = scoreStrips(map, affine, strips, { training, epsilon });
    return { ...scores, mean: add(scores.mean as Tensor1D, bias) };
  }
  const moments = {
    mean: sub(movingMean as Tensor, bias) as Tensor,
    variance: movingVariance as Tensor,
  };
  return scoreStrips(map, affine, strips, { training, epsilon, ...moments });
}

/** The factors of the boosted map: 1 + α·p_i on strip i. */
function gain(probabilities: Tensor2D, strips: Strips, { alpha }: ResolvedOptions): Tensor4D {
  return factorMap(strips, add(mul(probabilities, alpha), 1));
}

/** The factors of the suppressed map: 1 − β where p_i is the largest (every one of them in a tie), else 1. */
export function suppression(
  probabilities: Tensor2D,
  strips: Strips,
  { beta }: ResolvedOptions,
): Tensor4D {
  const largest = cast(equal(probabilities, max(probabilities, 1, true)), 'float32');
  return factorMap(strips, sub(1, mul(largest, beta)));
}

/** The factor of every strip at its positions, to multiply a map [B,H,W,C] with: [B,k] → [B,H,1,1] or [B,1,W,1]. */
function factorMap(strips: Strips, factors: Tensor2D): Tensor4D {
  return expandDims(strips.spread(factors), 3);
}

/** Σ_c a·b: [B,H,W,C] × [B,H,W,C] → [B,H,W], without a product of full size. */
function channelDots(a: Tensor4D, b: Tensor4D): Tensor3D {
  const [batch, height, width, channels] = a.shape;
  const positions = batch * height * width;
  // [BHW,1,C] · [BHW,C,1] → [BHW,1,1]
  const dots = matMul(reshape(a, [positions, 1, channels]), reshape(b, [positions, channels, 1]));
  return reshape(dots, [batch, height, width]);
}

/**
 * Σ over batch and positions: [B,H,W,C] → [1,1,1,C].
 *
 * As a pooling over the whole map: on wasm a sum over leading dimensions transposes its input first,
 * and matMul is a scalar loop when it transposes; at [4,56,56,512] both take several times longer.
 */
function positionSum(map: Tensor4D): Tensor4D {
  const [, height, width] = map.shape;
  const means = avgPool(map, [height, width], 1, 'valid'); // [B,1,1,C]
  return mul(sum(means, 0, true), height * width);
}
