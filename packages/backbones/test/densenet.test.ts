import { type Backbone, densenet, densenet121, densenet161 } from '@fbsd/backbones';
import { accelerate } from '@fbsd/kernels';
import { signal, toTensor } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

const tiny = (args: { seed?: number } = {}) =>
  densenet({ name: 'tiny', depths: [2, 1, 2], growth: 4, width: 8, ...args });

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('named DenseNets', () => {
  // torchvision's parameter count, and its running statistics: two per normalised channel. The counts
  // of DenseNet-161, slow to initialise, follow from the published model's golden (examples).
  test('DenseNet-121 has as many weights as the original', () => {
    const classifier = densenet121().classifier({ inputShape: [64, 64, 3] });
    expect(classifier.countParams()).toBe(7_978_856 + 83_648);
    expect(classifier.outputs[0]?.shape).toEqual([null, 1000]);
    classifier.dispose();
  }, 60_000);

  test.each([
    [densenet121, [64, 256, 512, 1024, 1024]],
    [densenet161, [96, 384, 768, 2112, 2208]],
  ])('%p describes its stages', (create, channels) => {
    const { stages } = create();
    expect(stages.map((stage) => stage.channels)).toEqual(channels);
    expect(stages.map((stage) => stage.reduction)).toEqual([4, 4, 8, 16, 32]);
  });
});

describe('densenet', () => {
  const layersOf = (backbone: Backbone) =>
    backbone.model({ inputShape: [32, 32, 3] }).layers.map((layer) => layer.name);

  test('names its layers as torchvision, and taps before any norm', () => {
    const names = layersOf(tiny());
    expect(names).toEqual(
      expect.arrayContaining(['conv0', 'norm0', 'denseblock1.denselayer2', 'transition2.conv']),
    );
    expect(names.at(-1)).toBe('denseblock3.concat');
    expect(names).not.toContain('norm4');
  });

  test('a stage ends with its block: the transition belongs to the next one', () => {
    const extractor = tiny().model({
      inputShape: [64, 64, 3],
      taps: ['stem', 'denseblock1', 'denseblock2', 'denseblock3'],
    });
    expect(extractor.outputs.map((output) => output.shape)).toEqual([
      [null, 16, 16, 8],
      [null, 16, 16, 16],
      [null, 8, 8, 12],
      [null, 4, 4, 14],
    ]);
    extractor.dispose();
  });

  test('the transitions halve odd sizes downwards, as PyTorch pools', () => {
    const extractor = tiny().model({ inputShape: [52, 45, 3], taps: ['stem', 'denseblock3'] });
    expect(extractor.outputs.map((output) => output.shape.slice(1, 3))).toEqual([
      [13, 12],
      [3, 3],
    ]);
    extractor.dispose();
  });

  test('a seed makes the weights repeatable, the classifier too', () => {
    const weights = (seed: number) => {
      const classifier = tiny({ seed }).classifier({ inputShape: [32, 32, 3], classes: 3 });
      const values = ['denseblock2.denselayer1/conv2/kernel', 'classifier/kernel'].map((name) => {
        const weight = classifier.weights.find(({ originalName }) => originalName === name);
        return Array.from(weight?.read().dataSync() as Float32Array);
      });
      classifier.dispose();
      return values;
    };
    expect(weights(7)).toEqual(weights(7));
    expect(weights(7)[0]).not.toEqual(weights(8)[0]);
    expect(weights(7)[1]).not.toEqual(weights(8)[1]);
  });

  test('refuses depths that make no network', () => {
    expect(() => densenet({ name: 'x', depths: [2.5] })).toThrow(
      '[@fbsd/backbones] densenet: depths must be whole numbers from 1, one per stage; got [2.5]',
    );
  });
});

describe('densenet in training', () => {
  test('trains under model.fit with a stock head', async () => {
    await tf.setBackend('wasm');
    const { restore } = accelerate();
    const backbone = densenet({ name: 'tiny', depths: [1, 1], growth: 4, width: 8, seed: 3 });
    const images = input({ shape: [16, 16, 3] });
    const pooled = layers.globalAveragePooling2d({}).apply(backbone.apply(images));
    const kernelInitializer = initializers.glorotNormal({ seed: 5 });
    const outputs = layers.dense({ units: 2, kernelInitializer }).apply(pooled) as SymbolicTensor;
    const net = model({ inputs: images, outputs });
    net.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
    const x = toTensor(signal('densenet.images', [8, 16, 16, 3]));
    const y = toTensor(signal('densenet.targets', [8, 2]));
    const { history } = await net.fit(x, y, { epochs: 8, batchSize: 8, shuffle: false });
    const losses = history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
    tf.dispose([x, y]);
    net.dispose();
    restore();
  });
});
