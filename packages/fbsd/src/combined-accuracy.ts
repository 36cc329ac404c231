import { argMax, cast, equal, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkModel } from './check-model.ts';
import { lastLogits } from './last-logits.ts';
import { predictedClasses } from './loss.ts';

type Metric = (labels: Tensor, logits: Tensor) => Tensor;

/**
 * The accuracy of FBSD's predictions for `model.compile({ loss: headLosses(model), metrics: combinedAccuracy(model), … })`:
 * the share of images whose class has the largest sum of the logits of all heads.
 *
 * `model.fit()` logs it as `classifier_concat.4_combinedAccuracy`, with `val_` before it for the validation data, and it is
 * the last value of `model.evaluate()`. tfjs 4.22 puts other values of models with several outputs under wrong names when it
 * tests: `val_loss` is the first head's loss alone.
 *
 * @param model compiled with {@link headLosses}; labels are one-hot [B,K], the same for each output
 * @throws TypeError for what is no model; Error, when it is asked, for a model with other losses
 */
export function combinedAccuracy(model: LayersModel): Record<string, Metric> {
  checkModel('[@fbsd/fbsd] combinedAccuracy', model);
  // tfjs gives a metric the logits of one head; those of all the losses have seen just before.
  const metric: Metric = (labels) => {
    const predicted = predictedClasses(lastLogits(model) as Tensor2D[]);
    return cast(equal(predicted, argMax(labels, 1)), 'float32');
  };
  // tfjs logs a metric by its function's name, which bundlers change.
  Object.defineProperty(metric, 'name', { value: 'combinedAccuracy' });
  return Object.fromEntries(model.outputNames.map((name) => [name, metric]));
}
