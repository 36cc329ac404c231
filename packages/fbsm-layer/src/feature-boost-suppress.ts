import {
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { boostAndSuppress } from './boost-and-suppress.ts';
import { scoreMap } from './fallback.ts';
import { checkKnown } from './known-options.ts';
import {
  checkFloat,
  checkShape,
  type FeatureBoostSuppressOptions,
  type ResolvedOptions,
  resolveOptions,
} from './options.ts';
import { positionsPerStrip } from './strips.ts';
import { wholeBatch } from './whole-batch.ts';

const WHERE = 'featureBoostSuppress';
const OPTIONS = ['parts', 'alpha', 'beta', 'axis', 'epsilon', 'training'];

/** The weights of FBSM: a 1×1 convolution C→1 and a batch norm over its one channel. */
export interface FeatureBoostSuppressWeights {
  /** Convolution kernel [1,1,C,1]. */
  kernel: Tensor;
  /** Convolution bias [1]. */
  bias: Tensor;
  /** Scale of the batch norm [1]. */
  gamma: Tensor;
  /** Shift of the batch norm [1]. */
  beta: Tensor;
  /** Running mean [1]; needed unless `training`. */
  movingMean?: Tensor;
  /** Running variance [1]; needed unless `training`. */
  movingVariance?: Tensor;
}

/** The outputs of {@link featureBoostSuppress}. */
export type FeatureBoostSuppressResult = {
  /** X·(1 + α·p_i) on strip i, [B,H,W,C]. */
  boosted: Tensor4D;
  /** X·(1 − β) on the likeliest strip, X elsewhere, [B,H,W,C]. */
  suppressed: Tensor4D;
  /** p, the softmax of the strips' scores, [B,k]. No gradient flows through it. */
  probabilities: Tensor2D;
  /** In training: the mean of the convolution's output over every strip of the batch, [k]. */
  mean?: Tensor1D;
  /** In training: its biased variance, [k]. */
  variance?: Tensor1D;
};

/**
 * Feature boosting and suppression, as a function of the map and the weights.
 *
 * The map is cut into k strips. With z = kernel·x + bias at every position and ẑ its batch norm
 *
 *     score_i = mean over strip i of relu(gamma·ẑ + beta)        p = softmax(score)
 *     boosted = x·(1 + alpha·p_i) on strip i
 *     suppressed = x·s_i on strip i, s_i = 1 − beta where p_i is the largest (ties: all of them), else 1
 *
 * In training every strip is normalised by its own mean and variance over batch and positions, in
 * evaluation by the moving ones. Gradients flow to x, kernel, bias, gamma and beta, not through s,
 * the probabilities or the statistics. They are of first order: the op cannot be differentiated
 * twice.
 *
 * @param x float32 [B,H,W,C]
 * @param weights see {@link FeatureBoostSuppressWeights}
 * @param options see {@link FeatureBoostSuppressOptions}
 * @returns see {@link FeatureBoostSuppressResult}; `mean` and `variance` in training only
 * @throws RangeError on an impossible option or shape, or a strip of one value in training
 * @throws TypeError unless x is float32
 * @throws Error in evaluation without `movingMean` and `movingVariance`
 *
 * Source: Song & Yang, arXiv 2103.02782, the feature boosting and suppression module; the gradient is
 * derived in docs/derivations/fbsm.md.
 */
export function featureBoostSuppress(
  x: Tensor4D,
  weights: FeatureBoostSuppressWeights,
  options: FeatureBoostSuppressOptions & { training: true },
): Required<FeatureBoostSuppressResult>;
export function featureBoostSuppress(
  x: Tensor4D,
  weights: FeatureBoostSuppressWeights,
  options: FeatureBoostSuppressOptions,
): FeatureBoostSuppressResult;
export function featureBoostSuppress(
  x: Tensor4D,
  weights: FeatureBoostSuppressWeights,
  options: FeatureBoostSuppressOptions,
): FeatureBoostSuppressResult {
  checkKnown(`[@fbsd/fbsm] ${WHERE}`, options, OPTIONS, '{ parts: 8 }');
  const resolved = resolveOptions(WHERE, options);
  checkInput(x, weights, resolved);
  return tidy(() => boostAndSuppress(x, weights, resolved));
}

/** Computes p [B,k] alone, as {@link featureBoostSuppress} does, without the two maps. */
export function stripProbabilities(
  x: Tensor4D,
  weights: FeatureBoostSuppressWeights,
  options: FeatureBoostSuppressOptions,
): Tensor2D {
  const resolved = resolveOptions(WHERE, options);
  checkInput(x, weights, resolved);
  return tidy(() => scoreMap(x, weights, resolved).probabilities);
}

function checkInput(
  x: Tensor4D,
  { kernel, movingMean, movingVariance }: FeatureBoostSuppressWeights,
  options: ResolvedOptions,
): void {
  checkFloat(WHERE, x);
  checkShape(WHERE, x.shape, options);
  const [batch, , , channels] = x.shape;
  if (kernel.size !== channels) {
    throw new RangeError(
      `[@fbsd/fbsm] ${WHERE}: a map of ${channels} channels needs a kernel [1,1,${channels},1]; ` +
        `got [${kernel.shape}]. Use the kernel that belongs to this map.`,
    );
  }
  const fewest = Math.min(...positionsPerStrip(x, options));
  const values = options.training ? fewest * wholeBatch(batch) : Number.POSITIVE_INFINITY;
  if (values < 2) {
    throw new RangeError(
      `[@fbsd/fbsm] ${WHERE}: training needs at least 2 values per strip, over batch and positions; ` +
        `got input [${x.shape}] with parts=${options.parts} (${values}). ` +
        'Use a larger batch, a larger input or fewer parts.',
    );
  }
  if (!options.training && !(movingMean && movingVariance)) {
    throw new Error(
      `[@fbsd/fbsm] ${WHERE}: evaluation needs movingMean and movingVariance; ` +
        'got weights without them. Give both, or set training: true.',
    );
  }
}
