import { addN, softmax, type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { stackImages } from '../data/stack-images.ts';
import { headLogits, type InferenceOptions } from './head-logits.ts';
import { requireFinite } from './require-finite.ts';
import { runModel } from './run-model.ts';

/** A class and how sure the model is of it. */
export interface Prediction {
  /** Class index. */
  label: number;
  /** Softmax of the summed logits, from 0 to 1. */
  probability: number;
}

/**
 * Predicts the likeliest classes of images by the softmax of the summed logits.
 *
 * @param model logits [B,K] as outputs
 * @param images normalised, each [S,S,3] one after the other
 * @param imageSize S
 * @param top how many classes of each
 * @returns for each image its classes, likeliest first
 * @throws UserError when the model cannot be run, or its logits are not finite
 */
export async function predict(
  model: LayersModel,
  images: readonly Float32Array[],
  imageSize: number,
  top: number,
  options: InferenceOptions = {},
): Promise<Prediction[][]> {
  const probabilities = tidy(() => {
    const run = (x: Tensor4D) => runModel(model, () => model.predict(x));
    return softmax(addN(headLogits(run, stackImages(images, imageSize), options))) as Tensor2D;
  });
  const values = (await probabilities.array()) as number[][];
  probabilities.dispose();
  for (const row of values) requireFinite('predict', row);
  return values.map((row) =>
    row
      .map((probability, label) => ({ label, probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, top),
  );
}
