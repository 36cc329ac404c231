import { type Checkpoint, WeightAverage } from '@fbsd/trainer';
import { dispose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Settings } from '../settings/settings.ts';

/**
 * The average of the weights that --ema asks for; null without.
 *
 * @param trainingWeights of the checkpoint whose weights the model has, which are disposed: then the model is given them
 */
export function averageFor(
  model: LayersModel,
  { emaDecay: decay }: Settings,
  trainingWeights?: Checkpoint['trainingWeights'],
): WeightAverage | null {
  const average = new WeightAverage(model, { decay });
  if (trainingWeights) {
    average.resume(trainingWeights);
    dispose(trainingWeights.map(({ tensor }) => tensor));
  }
  if (decay > 0) return average;
  average.dispose();
  return null;
}
