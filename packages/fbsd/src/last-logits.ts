import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What the losses of a compiled model saw last, head by head: tensors of tfjs's, which disposes them with the batch. */
const seen = new WeakMap<LayersModel, Tensor[]>();

/** Remembers the logits of a head. */
export function rememberLogits(model: LayersModel, head: number, logits: Tensor): void {
  const ofHeads = seen.get(model) ?? [];
  seen.set(model, ofHeads);
  ofHeads[head] = logits;
}

/** @throws Error if the losses of the model have not seen the logits of all heads of a batch */
export function lastLogits(model: LayersModel): Tensor[] {
  const logits = seen.get(model) ?? [];
  if (logits.length === model.outputs.length && logits.every((z) => !z.isDisposed)) return logits;
  throw new Error(
    `[@fbsd/fbsd] combinedAccuracy: '${model.name}' must be compiled with loss: headLosses(model), whose losses tell it ` +
      'the logits of all heads.',
  );
}
