import { parameter, signal, toTensor } from '@fbsd/testing';
import { concat, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Gives batch norms and biases values as after some training, so that every one of them tells in the logits. */
export function asTrained(net: LayersModel): LayersModel {
  const kinds = [
    ['moving_variance', 'running_var'],
    ['moving_mean', 'running_mean'],
    ['gamma', 'weight'],
    ['beta', 'bias'],
    ['bias', 'bias'],
  ] as const;
  for (const weight of net.weights) {
    const kind = kinds.find(([suffix]) => weight.originalName.endsWith(suffix));
    if (!kind) continue;
    const values = parameter(`${weight.originalName}.${kind[1]}`, weight.shape as number[]);
    tidy(() => {
      weight.write(toTensor(values));
    });
  }
  return net;
}

/** The outputs of a model for two noisy images, side by side. */
export function logitsOf(net: LayersModel): Tensor {
  return tidy(() => {
    const shape = net.inputs[0]?.shape.slice(1) as number[];
    const outputs = net.predict(toTensor(signal('images', [2, ...shape])));
    return concat([outputs].flat(), 1);
  });
}
