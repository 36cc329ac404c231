/** What a model makes of one test picture, all heads together. */
export interface PictureResult {
  /** Its true class. */
  label: number;
  /** The class with the largest sum of logits; null when the logits are not finite. */
  predicted: number | null;
  /** Probability of the predicted class: the softmax of the summed logits. */
  probability: number | null;
  /** Probability of the true class. */
  probabilityOfTruth: number | null;
}

/** Reads the result of a picture off its summed logits [K]. */
export function pictureResult(label: number, logits: Float32Array): PictureResult {
  if (!logits.every(Number.isFinite)) {
    return { label, predicted: null, probability: null, probabilityOfTruth: null };
  }
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const weights = logits.map((logit) => Math.exp(logit - largest));
  const total = weights.reduce((a, b) => a + b);
  return {
    label,
    predicted: logits.indexOf(largest),
    probability: 1 / total,
    probabilityOfTruth: (weights[label] as number) / total,
  };
}
