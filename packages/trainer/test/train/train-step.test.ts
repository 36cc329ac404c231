import { describeBackends } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { GradientAccumulation } from '../../src/train/gradient-accumulation.ts';
import { trainStep } from '../../src/train/train-step.ts';

/** Linear classifiers whose weights are 0: whatever the picture, the logits are 0 and the loss is finite. */
function classifiers(heads: number) {
  const images = input({ shape: [2, 2, 3] });
  const flat = layers.flatten().apply(images) as SymbolicTensor;
  const dense = () =>
    layers.dense({ units: 3, kernelInitializer: 'zeros' }).apply(flat) as SymbolicTensor;
  return model({ inputs: images, outputs: Array.from({ length: heads }, dense) });
}

async function step(pixel: number, heads = 2) {
  const net = classifiers(heads);
  const sgd = tf.train.sgd(1);
  const optimizer = new GradientAccumulation(sgd);
  const images = tf.fill([2, 2, 2, 3], pixel) as tf.Tensor4D;
  const labels = tf.tensor1d([0, 0], 'int32');
  const before = tf.memory().numTensors;
  const result = await trainStep(net, optimizer, images, labels);
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(before);
  const weights = net.getWeights().flatMap((weight) => [...weight.dataSync()]);
  tf.dispose([images, labels]);
  net.dispose();
  return { ...result, weights };
}

describeBackends('trainStep', () => {
  test('says that loss and gradients are finite', async () => {
    const { finite, loss, accuracy } = await step(1);
    expect(finite).toBe(true);
    expect(loss).toBeCloseTo(3 * Math.log(3), 5);
    expect(accuracy).toBe(1);
  });

  test('of a classifier alone the loss is its cross entropy', async () => {
    const { finite, loss, losses, accuracy } = await step(1, 1);
    expect([finite, accuracy]).toEqual([true, 1]);
    expect(losses).toEqual([loss]);
    expect(loss).toBeCloseTo(Math.log(3), 5);
  });

  test('says that a gradient is infinite where the loss is not; behind an accumulation no weight has moved', async () => {
    const { finite, loss, weights } = await step(3e38);
    expect(loss).toBeCloseTo(3 * Math.log(3), 5);
    expect(finite).toBe(false);
    expect(weights.every((weight) => weight === 0)).toBe(true);
  });

  test('of a loss that is not a number nothing is right', async () => {
    const { finite, loss, accuracy } = await step(Number.NaN);
    expect([finite, loss, accuracy]).toEqual([false, Number.NaN, Number.NaN]);
  });
});
