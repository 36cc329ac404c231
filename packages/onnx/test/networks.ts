import { signal, toTensor, type Values } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  type layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

type Layer = InstanceType<typeof layers.Layer>;

/** Weights and statistics as after some training: none is 0 or 1, variances are positive, signals keep their size. */
export function trained<Model extends LayersModel>(network: Model): Model {
  for (const weight of network.weights) {
    const { originalName: name, shape } = weight;
    const fanIn = shape
      .slice(0, -1)
      .reduce<number>((product, size) => product * (size as number), 1);
    const scale = shape.length > 1 ? Math.sqrt(3 / fanIn) : 0.3;
    tf.tidy(() => {
      const noise = tf.mul(toTensor(signal(name, shape as number[])), scale);
      weight.write(/gamma|variance/.test(name) ? tf.add(noise, 1) : noise);
    });
  }
  return network;
}

/** A model of one layer, or of what a function makes of the inputs. */
export function network(
  shapes: readonly (number | null)[][],
  make: Layer | ((...inputs: SymbolicTensor[]) => unknown),
): LayersModel {
  const inputs = shapes.map((shape) => input({ shape }));
  const outputs =
    typeof make === 'function'
      ? make(...inputs)
      : make.apply(inputs.length === 1 ? (inputs[0] as SymbolicTensor) : inputs);
  return trained(model({ inputs, outputs: outputs as SymbolicTensor }));
}

/** Images for a model, [2,…]; open sizes become 12. */
export function inputsOf({ inputs }: LayersModel, batch = 2): Values[] {
  return inputs.map(({ shape }, i) =>
    signal(`input ${i}`, [batch, ...shape.slice(1).map((size) => size ?? 12)]),
  );
}

/** What tfjs makes of it. */
export async function predicted(net: LayersModel, inputs: readonly Values[]): Promise<Values[]> {
  const tensors = inputs.map((values) => toTensor(values));
  const outputs = [net.predict(tensors.length === 1 ? (tensors[0] as tf.Tensor) : tensors)].flat();
  const values = outputs.map(async (y) => ({ shape: y.shape, data: await y.data() }));
  const result = await Promise.all(values);
  tf.dispose([...tensors, ...outputs]);
  return result;
}
