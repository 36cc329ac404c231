import {
  add,
  addN,
  argMax,
  equal,
  losses,
  mul,
  type Scalar,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkModel } from './check-model.ts';
import { type CrossEntropyOptions, checkSmoothing } from './cross-entropy.ts';
import { rememberLogits } from './last-logits.ts';

/** Weights of the cross entropies: of a level, and of the classifier on all levels. */
export const LOSS_WEIGHTS: Readonly<Record<'level' | 'concat', number>> = { level: 2, concat: 1 };

/** The loss of FBSD: 2·CE₁ + 2·CE₂ + 2·CE₃ + CE_concat. */
export function totalLoss(crossEntropies: readonly Scalar[]): Scalar {
  const weights = headWeights(crossEntropies.length);
  return addN(crossEntropies.map((ce, i) => mul(ce, weights[i] as number))) as Scalar;
}

/**
 * The loss of every output, for `model.compile({ loss: headLosses(model), … })`; tfjs adds them up to
 * the loss of FBSD.
 *
 * Each takes the same one-hot labels [B,K]: `fit(images, model.outputs.map(() => labels))`. tfjs saves losses of its own
 * alone: `model.save()` without `includeOptimizer`, and compile the model anew when it is loaded.
 *
 * @throws TypeError for what is no model or no option, RangeError for a smoothing out of range
 */
export function headLosses(
  model: LayersModel,
  options: CrossEntropyOptions = {},
): ((labels: Tensor, logits: Tensor) => Tensor)[] {
  checkModel('[@fbsd/fbsd] headLosses', model);
  const smoothing = checkSmoothing('[@fbsd/fbsd] headLosses', options);
  return headWeights(model.outputs.length).map((weight, head) => (labels, logits) => {
    rememberLogits(model, head, logits);
    return mul(losses.softmaxCrossEntropy(labels, logits, undefined, smoothing), weight);
  });
}

/** The class with the largest sum of the logits of all heads, int32 [B]. */
export function predictedClasses(logits: readonly Tensor2D[]): Tensor1D {
  return argMax(logits.reduce(add<Tensor2D>), 1) as Tensor1D;
}

function headWeights(heads: number): number[] {
  return Array.from({ length: heads }, (_, i) =>
    i < heads - 1 ? LOSS_WEIGHTS.level : LOSS_WEIGHTS.concat,
  );
}

/** How many predictions are right. */
export function countCorrect(predictions: Tensor1D, labels: Tensor1D): Scalar {
  return sum(equal(predictions, labels)) as Scalar;
}
