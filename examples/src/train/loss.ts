import {
  add,
  addN,
  argMax,
  equal,
  losses,
  mul,
  oneHot,
  type Scalar,
  sum,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

/** Weights of the four cross entropies: level 1–3, concat. */
export const LOSS_WEIGHTS = [2, 2, 2, 1] as const;

/** Mean cross entropy of each head over the batch. logits: 4 × [B,K], labels: int32 [B] → 4 × [] */
export function crossEntropies(logits: readonly Tensor2D[], labels: Tensor1D): Scalar[] {
  const targets = oneHot(labels, (logits[0] as Tensor2D).shape[1]);
  return logits.map((z) => losses.softmaxCrossEntropy(targets, z) as Scalar);
}

/** The loss of FBSD: 2·CE₁ + 2·CE₂ + 2·CE₃ + CE_concat. */
export function totalLoss(crossEntropies: readonly Scalar[]): Scalar {
  return addN(crossEntropies.map((ce, i) => mul(ce, LOSS_WEIGHTS[i] as number))) as Scalar;
}

/** The class with the largest sum of the four logits, int32 [B]. */
export function predictedClasses(logits: readonly Tensor2D[]): Tensor1D {
  return argMax(logits.reduce(add<Tensor2D>), 1) as Tensor1D;
}

/** How many predictions are right. */
export function countCorrect(predictions: Tensor1D, labels: Tensor1D): Scalar {
  return sum(equal(predictions, labels)) as Scalar;
}
