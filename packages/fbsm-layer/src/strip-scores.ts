import {
  add,
  mean,
  mul,
  relu,
  reshape,
  rsqrt,
  softmax,
  square,
  step,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Strips } from './strips.ts';
import { isShared, wholeBatchMean } from './whole-batch.ts';

/** How the map is normalised: by the statistics of every strip, or by given ones. */
export type Normalization = { epsilon: number } & (
  | { training: true }
  | { training: false; mean: Tensor; variance: Tensor } // [1] each
);

/** The scale and shift of the batch norm, [1] each. */
export type Affine = { gamma: Tensor; beta: Tensor };

export type StripScores = {
  probabilities: Tensor2D; // p [B,k]
  normalized: Tensor3D; // ẑ [B,H,W]
  scale: Tensor3D; // 1/σ, spread over the strips in training, [1,1,1] in evaluation
  mean?: Tensor1D; // of every strip, [k], in training only
  variance?: Tensor1D; // likewise, biased
};

/**
 * Batch norm over one channel, ReLU, mean over every strip, softmax over the strips.
 *
 * @param map z [B,H,W]
 */
export function scoreStrips(
  map: Tensor3D,
  { gamma, beta }: Affine,
  strips: Strips,
  normalization: Normalization,
): StripScores {
  return tidy(() => {
    const { normalized, scale, ...statistics } = normalize(map, strips, normalization);
    const active: Tensor3D = relu(add(mul(normalized, gamma), beta));
    const probabilities = softmax(strips.mean(active));
    return { probabilities, normalized, scale, ...statistics };
  });
}

function normalize(
  map: Tensor3D,
  strips: Strips,
  normalization: Normalization,
): Omit<StripScores, 'probabilities'> {
  const { training, epsilon } = normalization;
  if (!training) {
    const { mean, variance } = normalization;
    const scale: Tensor3D = reshape(rsqrt(add(variance, epsilon)), [1, 1, 1]);
    return { normalized: mul(sub(map, mean), scale), scale };
  }
  const means = batchMean(strips.mean(map)); // [1,k]
  const centred: Tensor3D = sub(map, strips.spread(means));
  const variances = batchMean(strips.mean(square(centred))); // [1,k]
  const scale = strips.spread(rsqrt(add(variances, epsilon)));
  return {
    normalized: mul(centred, scale),
    scale,
    mean: reshape(means, [-1]),
    variance: reshape(variances, [-1]),
  };
}

/**
 * The gradients of {@link scoreStrips}, given that of the probabilities [B,k]: derived in
 * docs/derivations/fbsm.md.
 */
export function scoreStripsGradient(
  dProbabilities: Tensor2D,
  { probabilities, normalized, scale }: Pick<StripScores, 'probabilities' | 'normalized' | 'scale'>,
  { gamma, beta }: Affine,
  strips: Strips,
  training: boolean,
): { map: Tensor3D; gamma: Tensor1D; beta: Tensor1D } {
  return tidy(() => {
    const expected = sum(mul(probabilities, dProbabilities), 1, true); // [B,1]
    const dScores: Tensor2D = mul(probabilities, sub(dProbabilities, expected)); // [B,k]
    const active = step(add(mul(normalized, gamma), beta));
    const dAffine: Tensor3D = mul(active, strips.meanGradient(dScores)); // [B,H,W]
    const dGamma: Tensor3D = mul(dAffine, normalized); // by position

    let dNormalized = dAffine;
    if (training) {
      // The strip's mean and variance depend on the map too.
      const throughMean = strips.spread(batchMean(strips.mean(dAffine)));
      const throughVariance = mul(normalized, strips.spread(batchMean(strips.mean(dGamma))));
      dNormalized = sub(sub(dAffine, throughMean), throughVariance);
    }
    return {
      map: mul(dNormalized, mul(scale, gamma)),
      gamma: reshape(sum(dGamma), [1]),
      beta: reshape(sum(dAffine), [1]),
    };
  });
}

/** [B,k] → [1,k] */
function batchMean(values: Tensor2D): Tensor2D {
  return isShared() ? wholeBatchMean(values) : mean(values, 0, true);
}
