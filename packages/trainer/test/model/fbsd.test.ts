import { type FBSDArgs, fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { expectNoLeak, signal, toTensor } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { SGD } from '../../src/train/sgd.ts';
import { trainStep } from '../../src/train/train-step.ts';
import '@tensorflow/tfjs-backend-wasm';
import { weightDigests } from './weight-digests.ts';

const small = {
  arch: 'mini',
  classes: 3,
  imageSize: 65,
  convWidths: [8, 12],
  hiddenUnits: 6,
} as const satisfies FBSDArgs;

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
});

describe('fbsd in training', () => {
  test('a seed makes its weights repeatable', () => {
    const weights = (seed: number) => {
      const model = fbsd({ ...small, seed });
      const digests = weightDigests(model);
      model.dispose();
      return digests;
    };
    expect(weights(5)).toEqual(weights(5));
    expect(weights(5)).not.toEqual(weights(6));
  });

  test('in training every running statistic moves once per batch, an FBSM once per strip', async () => {
    const model = fbsd({ ...small, seed: 2 });
    const images = toTensor<tf.Tensor4D>(signal('fbsd.images', [4, 65, 65, 3]));
    const labels = tf.tensor1d([0, 1, 2, 0], 'int32');
    const optimizer = new SGD(model, { newLearningRate: 0, pretrainedLearningRate: 0 });
    await trainStep(model, optimizer, images, labels);
    // Momentum 0.1 from 1 towards the batch's v: 0.9ⁿ + (1 − 0.9ⁿ)·v after n updates. An FBSM of
    // unit-free scores has small v, so the first term tells n: 8, 4 and 2 strips.
    const left = [1, 2, 3].map((level) => {
      const variance = model.getLayer(`fbsm${level}`).getWeights()[5] as tf.Tensor;
      return variance.dataSync()[0] as number;
    });
    [8, 4, 2].forEach((strips, i) => {
      expect(left[i]).toBeGreaterThan(0.9 ** strips);
      expect(left[i]).toBeLessThan(0.9 ** strips + (1 - 0.9 ** strips) * 5);
    });
    optimizer.dispose();
    model.dispose();
    tf.dispose([images, labels]);
  });

  test('trains: repeated steps on one batch lower the loss and leave no tensor', async () => {
    const model = fbsd({ ...small, seed: 2 });
    const images = toTensor<tf.Tensor4D>(signal('fbsd.images', [4, 65, 65, 3]));
    const labels = tf.tensor1d([0, 1, 2, 0], 'int32');
    const optimizer = new SGD(model, { newLearningRate: 0.02, pretrainedLearningRate: 0.02 });
    const first = await trainStep(model, optimizer, images, labels);
    const before = tf.memory().numTensors;
    let last = first;
    for (let i = 0; i < 10; i++) last = await trainStep(model, optimizer, images, labels);
    expect(tf.memory().numTensors).toBe(before);
    expect(last.loss).toBeLessThan(0.5 * first.loss);
    expectNoLeak(() => model.predict(images) as tf.Tensor[]);
    optimizer.dispose();
    model.dispose();
    tf.dispose([images, labels]);
  });

  test('any optimizer of tfjs can train it', async () => {
    const model = fbsd({ ...small, seed: 2 });
    const images = toTensor<tf.Tensor4D>(signal('fbsd.images', [4, 65, 65, 3]));
    const labels = tf.tensor1d([0, 1, 2, 0], 'int32');
    const adam = tf.train.adam(1e-3);
    const first = await trainStep(model, adam, images, labels);
    const second = await trainStep(model, adam, images, labels);
    expect(second.loss).toBeLessThan(first.loss);
    adam.dispose();
    model.dispose();
    tf.dispose([images, labels]);
  });
});
