import { accelerate } from '@fbsd/kernels';
import { expectClose, type Values } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { random } from '../support/reference.ts';

const STEPS = 3;

/** The weights of a small CNN after some steps of plain tfjs training on the current backend. */
async function train(): Promise<Values[]> {
  const model = sequential();
  model.add(layers.conv2d({ inputShape: [8, 8, 3], filters: 16, kernelSize: 3, useBias: false }));
  model.add(layers.batchNormalization());
  model.add(layers.activation({ activation: 'relu' }));
  model.add(layers.maxPooling2d({ poolSize: 3, strides: 2 }));
  model.add(layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }));
  model.add(layers.globalAveragePooling2d({}));
  model.add(layers.dense({ units: 4, activation: 'softmax' }));
  const initial = model
    .getWeights()
    .map((weight, i) => (weight.rank > 1 ? random(`weight ${i}`, weight.shape) : weight));
  model.setWeights(initial);
  model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
  const x = random('x', [4, 8, 8, 3]);
  const y = tf.oneHot(tf.tensor1d([0, 1, 2, 3], 'int32'), 4);
  for (let step = 0; step < STEPS; step++) await model.trainOnBatch(x, y);
  const weights = model.getWeights().map((w) => ({ shape: w.shape, data: w.dataSync() }));
  model.dispose();
  return weights;
}

test('training on accelerated wasm goes where it goes on cpu', async () => {
  await tf.setBackend('cpu');
  const expected = await train();
  await tf.setBackend('wasm');
  const acceleration = accelerate();
  const actual = await train();
  acceleration.restore();
  expect(actual).toHaveLength(expected.length);
  actual.forEach((weight, i) => {
    expectClose(weight, expected[i] as Values);
  });
});
