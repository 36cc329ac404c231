import { LayersModel } from '@tensorflow/tfjs-layers';
import { shown } from './known-options.ts';

/** @throws TypeError unless `model` is a model of tfjs's layers */
export function checkModel(where: string, model: unknown): void {
  if (model instanceof LayersModel) return;
  throw new TypeError(
    `${where}: expects a tf.LayersModel, as tf.model, tf.sequential and tf.loadLayersModel make it; got ${shown(model)}.` +
      (model instanceof Promise ? ' Await it.' : ''),
  );
}
