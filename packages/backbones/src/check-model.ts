import { LayersModel } from '@tensorflow/tfjs-layers';
import { isPromise, shown } from './known-options.ts';

/*
 * This file stands in every package that takes models, the same in all of them, as known-options.ts does.
 */

/** @throws TypeError unless `model` is a model of tfjs's layers */
export function checkModel(where: string, model: unknown): void {
  if (model instanceof LayersModel) return;
  const why = isPromise(model)
    ? 'Await it.'
    : 'A graph model (tf.loadGraphModel) has no layers that can be connected anew: load or convert it as a layers model.';
  throw new TypeError(
    `${where}: expects a tf.LayersModel, as tf.model, tf.sequential and tf.loadLayersModel make it; got ${shown(model)}. ${why}`,
  );
}
