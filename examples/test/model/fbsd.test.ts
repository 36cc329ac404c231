import { type FBSDArgs, fbsd, isNewLayer, SGD, trainStep } from '@fbsd/examples';
import { accelerate } from '@fbsd/kernels';
import { expectNoLeak, signal, toTensor } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
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

describe('fbsd', () => {
  test('has four logits as outputs and the widths asked for', () => {
    const model = fbsd(small);
    expect(model.outputs.map((output) => output.shape)).toEqual(Array(4).fill([null, 3]));
    expect(model.getLayer('conv_block2.1.conv').outputShape).toEqual([null, 5, 5, 12]);
    expect(model.getLayer('classifier_concat.1').outputShape).toEqual([null, 6]);
    model.dispose();
  });

  test('has the published widths and parameters on ResNet-18', () => {
    const model = fbsd({ arch: 'resnet18', classes: 200, imageSize: 96 });
    const count = (pattern: RegExp) =>
      model.trainableWeights
        .filter((weight) => pattern.test(weight.originalName))
        .reduce((sum, weight) => sum + weight.shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
    expect(count(/^fbsm/)).toBe(128 + 256 + 512 + 3 * 3);
    expect(count(/^classifier/)).toBeGreaterThan(3.5e6);
    expect(count(/^classifier/)).toBeLessThan(3.65e6);
    expect(count(/^layer|^conv1|^bn1/)).toBe(11_176_512);
    model.dispose();
  });

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

  test('tells new layers from the backbone', () => {
    expect(
      ['fbsm1/kernel', 'conv_block3.0.bn/gamma', 'classifier_concat.4/bias'].every(isNewLayer),
    ).toBe(true);
    expect(['conv1/kernel', 'layer4.2.bn3/beta', 'bn1/gamma'].some(isNewLayer)).toBe(false);
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

  test.each<[Partial<FBSDArgs>, string]>([
    [
      { arch: 'vgg' as 'mini' },
      "arch must be one of mini, resnet18, resnet34, resnet50, resnet101, densenet121, densenet161; got 'vgg'",
    ],
    [{ classes: 1 }, 'classes must be a whole number from 2; got 1'],
    [{ arch: 'densenet161', imageSize: 92 }, 'at least 93 pixels'], // it halves 23 rows to 11
    [{ imageSize: 64 }, 'imageSize must be a whole number of at least 65 pixels'],
    [{ imageSize: 65, topK: 17 }, 'at least 129 pixels'],
    [{ imageSize: 65, parts: [16, 4, 2] }, 'at least 121 pixels'],
    [{ parts: [8, 4] as unknown as [8, 4, 2] }, 'parts must hold 3 numbers'],
  ])('refuses %j', (args, message) => {
    expect(() => fbsd({ ...small, ...args })).toThrow(message);
  });
});
