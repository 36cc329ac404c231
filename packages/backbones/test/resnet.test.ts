import {
  Backbone,
  convolution,
  resnet,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
} from '@fbsd/backbones';
import { accelerate } from '@fbsd/kernels';
import { describeBackends, expectClose, signal, toTensor } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

const tiny = (args: { seed?: number } = {}) =>
  resnet({ name: 'tiny', block: 'bottleneck', depths: [1, 2], width: 4, stemSize: 3, ...args });

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('named ResNets', () => {
  // Parameters and running statistics of torchvision's models without their classifier.
  test.each([
    [resnet18, 512, 11_176_512 + 2 * 4_800],
    [resnet50, 2048, 23_508_032 + 2 * 26_560],
  ])('%p has as many weights as the original', (create, channels, weights) => {
    const extractor = create().model({ inputShape: [64, 64, 3] });
    expect(extractor.countParams()).toBe(weights);
    expect(extractor.outputs[0]?.shape).toEqual([null, 2, 2, channels]);
    extractor.dispose();
  });

  test.each([
    [resnet18, [64, 64, 128, 256, 512]],
    [resnet34, [64, 64, 128, 256, 512]],
    [resnet50, [64, 256, 512, 1024, 2048]],
    [resnet101, [64, 256, 512, 1024, 2048]],
  ])('%p describes its stages', (create, channels) => {
    const { stages } = create();
    expect(stages.map((stage) => stage.channels)).toEqual(channels);
    expect(stages.map((stage) => stage.reduction)).toEqual([4, 4, 8, 16, 32]);
  });
});

describe('resnet', () => {
  test('names its layers as torchvision', () => {
    const names = tiny()
      .model({ inputShape: [32, 32, 3] })
      .layers.map((layer) => layer.name);
    for (const name of [
      'conv1',
      'bn1',
      'layer1.0.conv3',
      'layer2.0.downsample.0',
      'layer2.1.bn2',
    ]) {
      expect(names).toContain(name);
    }
  });

  test('a seed makes the weights repeatable', () => {
    const weights = (seed: number) => {
      const extractor = tiny({ seed }).model({ inputShape: [16, 16, 3] });
      const kernel = extractor.getLayer('layer2.1.conv2').getWeights()[0]?.dataSync();
      extractor.dispose();
      return Array.from(kernel as Float32Array);
    };
    expect(weights(7)).toEqual(weights(7));
    expect(weights(7)).not.toEqual(weights(8));
  });

  test('refuses depths that make no network', () => {
    const create = (depths: number[]) => () => resnet({ name: 'x', block: 'basic', depths });
    expect(create([])).toThrow('depths must be whole numbers from 1');
    expect(create([2, 0])).toThrow('got [2,0]');
  });
});

describe('Backbone', () => {
  test('classifier() adds pooling and a linear layer with the name of torchvision', () => {
    const classifier = tiny().classifier({ inputShape: [32, 32, 3], classes: 7 });
    expect(classifier.inputNames).toEqual(['images']); // whatever was made before: exported files call it so
    expect(classifier.outputs[0]?.shape).toEqual([null, 7]);
    expect(classifier.getLayer('fc').weights.map((weight) => weight.shape)).toEqual([[32, 7], [7]]);
    classifier.dispose();
    expect(() => tiny().classifier({ inputShape: [32, 32, 3], classes: 0 })).toThrow(
      '[@fbsd/backbones] tiny: classes must be a whole number from 1; got 0',
    );
  });

  test('a module between two stages changes what the next one sees', () => {
    const seen: string[] = [];
    const x = input({ shape: [32, 32, 3] });
    const zero = layers.dropout({ rate: 0 });
    const y = tiny().apply(x, (map, stage) => {
      seen.push(`${stage.name} ${map.shape.slice(1)}`);
      return stage.name === 'layer1' ? (zero.apply(map) as SymbolicTensor) : map;
    });
    expect(seen).toEqual(['stem 8,8,4', 'layer1 8,8,16', 'layer2 4,4,32']);
    expect(model({ inputs: x, outputs: y }).layers).toContain(zero);
  });

  test('taps choose the outputs of the feature extractor', () => {
    const extractor = tiny().model({ inputShape: [32, 32, 3], taps: ['layer1', 'layer2'] });
    expect(extractor.outputs.map((output) => output.shape)).toEqual([
      [null, 8, 8, 16],
      [null, 4, 4, 32],
    ]);
    expect(() => tiny().model({ inputShape: [32, 32, 3], taps: ['layer9'] })).toThrow(
      "taps must name stages out of stem, layer1, layer2; got ['layer9']",
    );
    expect(new Backbone('empty', []).stages).toHaveLength(0);
  });

  test('odd sizes are halved upwards, as PyTorch pads', () => {
    const extractor = tiny().model({ inputShape: [45, 51, 3], taps: ['stem', 'layer2'] });
    expect(extractor.outputs.map((output) => output.shape.slice(1, 3))).toEqual([
      [12, 13],
      [6, 7],
    ]);
  });
});

describeBackends('convolution', () => {
  test('a strided one pads both sides: PyTorch, not "same"', () => {
    const x = input({ shape: [4, 4, 1] });
    const conv = convolution({ name: 'conv', filters: 1, size: 3, strides: 2 });
    const net = model({ inputs: x, outputs: conv(x) });
    net.setWeights([tf.ones([3, 3, 1, 1])]);
    const image = tf.reshape(tf.range(0, 16), [1, 4, 4, 1]);
    // Windows start at row and column −1 and 1: sums of rows {0,1} or {1,2,3} by columns alike.
    expectClose(net.predict(image) as tf.Tensor, { shape: [1, 2, 2, 1], data: [10, 24, 51, 90] });
    net.dispose();
  });
});

describe('a ResNet in training', () => {
  test('trains under model.fit with a stock head', async () => {
    await tf.setBackend('wasm');
    const { restore } = accelerate();
    const images = input({ shape: [16, 16, 3] });
    const pooled = layers.globalAveragePooling2d({}).apply(tiny({ seed: 3 }).apply(images));
    const kernelInitializer = initializers.glorotNormal({ seed: 5 });
    const outputs = layers.dense({ units: 2, kernelInitializer }).apply(pooled) as SymbolicTensor;
    const net = model({ inputs: images, outputs });
    net.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
    const x = toTensor(signal('resnet.images', [8, 16, 16, 3]));
    const y = toTensor(signal('resnet.targets', [8, 2]));
    const { history } = await net.fit(x, y, { epochs: 8, batchSize: 8, shuffle: false });
    const losses = history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
    tf.dispose([x, y]);
    net.dispose();
    restore();
  });
});
