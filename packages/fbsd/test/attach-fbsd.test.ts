import { type Backbone, resnet50 } from '@fbsd/backbones';
import {
  ARCHITECTURES,
  type ArchitectureName,
  attachFBSD,
  fbsd,
  headLosses,
  markNewLayers,
  newWeightNames,
  predictedClasses,
} from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { BACKENDS, expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

const SMALL_HEAD = { classes: 3, convWidths: [8, 12], hiddenUnits: 6, topK: 4 } as const;

beforeAll(async () => {
  await tf.setBackend(BACKENDS[1]);
  accelerate();
});

/** Three stages of a convolution and a pooling each, and a classifier. */
function smallNetwork(): LayersModel {
  const net = sequential({ name: 'small' });
  [4, 6, 8].forEach((filters, i) => {
    const shape = i === 0 && { inputShape: [32, 32, 3] };
    const kernelInitializer = initializers.heNormal({ seed: i + 1 });
    net.add(
      layers.conv2d({
        name: `conv${i}`,
        filters,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer,
        ...shape,
      }),
    );
    net.add(layers.maxPooling2d({ name: `pool${i}`, poolSize: 2 }));
  });
  net.add(layers.flatten());
  net.add(layers.dense({ units: 5 }));
  return net;
}

const TAPS = [
  { after: 'pool1', parts: 4 },
  { after: 'pool2', parts: 2 },
];

describe('attachFBSD', () => {
  test.each<[ArchitectureName, (args: { seed: number }) => Backbone, string[]]>([
    ['mini', ARCHITECTURES.mini.backbone, ['layer2.1.bn2', 'layer3.1.bn2', 'layer4.1.bn2']],
    ['resnet50', resnet50, ['layer2.3.bn3', 'layer3.5.bn3', 'layer4.2.bn3']],
  ])('on a plain %s it is the network of fbsd()', (arch, backbone, names) => {
    const args = { ...SMALL_HEAD, seed: 7 };
    const expected = fbsd({ arch, imageSize: 65, ...args });
    const plain = backbone({ seed: 7 }).classifier({ inputShape: [65, 65, 3], classes: 9 });
    const taps = names.map((after, i) => ({ after, parts: [8, 4, 2][i] as number }));
    const attached = attachFBSD(plain, { taps, ...args });

    const namesOf = (net: LayersModel) => net.weights.map((weight) => weight.originalName).sort();
    expect(namesOf(attached)).toEqual(namesOf(expected));
    tf.tidy(() => {
      const images = tf.randomNormal([2, 65, 65, 3], 0, 1, 'float32', 5);
      const logits = expected.predict(images) as tf.Tensor[];
      (attached.predict(images) as tf.Tensor[]).forEach((output, i) => {
        expectClose(output, logits[i] as tf.Tensor, { rtol: 1e-5 });
      });
    });
    tf.disposeVariables();
  });

  test('leaves out what follows the last tap, and has a classifier for each level and for all', () => {
    const attached = attachFBSD(smallNetwork(), { taps: TAPS, ...SMALL_HEAD, name: 'mine' });
    expect(attached.name).toBe('mine');
    expect(attached.outputs.map((y) => y.shape)).toEqual(Array(3).fill([null, 3]));
    expect(attached.outputNames).toEqual(['classifier1.4', 'classifier2.4', 'classifier_concat.4']);
    expect(attached.layers.some((layer) => layer.getClassName() === 'Flatten')).toBe(false);
  });

  test('trains with compile and fit: the loss is that of FBSD', async () => {
    const attached = attachFBSD(smallNetwork(), { taps: TAPS, ...SMALL_HEAD, seed: 3 });
    const images = tf.randomNormal([6, 32, 32, 3], 0, 1, 'float32', 2);
    const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3);
    const logits = attached.apply(images, { training: true }) as tf.Tensor[];
    const entropies = logits.map(
      (z) => tf.losses.softmaxCrossEntropy(labels, z).dataSync()[0] as number,
    );
    attached.compile({ optimizer: tf.train.sgd(0.05), loss: headLosses(attached) });
    const targets = attached.outputs.map(() => labels);
    const options = { epochs: 30, batchSize: 6, shuffle: false, verbose: 0 } as const;
    const { history } = await attached.fit(images, targets, options);
    const [a, b, c] = entropies as [number, number, number];
    expect(history['loss']?.[0] as number).toBeCloseTo(2 * a + 2 * b + c, 4);
    expect(history['loss']?.at(-1)).toBeLessThan(0.3 * (history['loss']?.[0] as number));
    const predicted = predictedClasses(attached.predict(images) as tf.Tensor2D[]);
    expect(predicted.dtype).toBe('int32');
    expect(predicted.shape).toEqual([6]);
  });

  test('options of a tap go to its module', () => {
    const taps = [{ ...TAPS[0], alpha: 0.2, name: 'boost' }, TAPS[1]] as typeof TAPS;
    const attached = attachFBSD(smallNetwork(), { taps, ...SMALL_HEAD });
    expect(attached.getLayer('boost').getConfig()).toMatchObject({ alpha: 0.2, parts: 4 });
  });

  test.each<[Partial<Parameters<typeof attachFBSD>[1]>, string]>([
    [{ taps: TAPS.slice(1) }, 'needs at least two taps, since levels complement each other; got 1'],
    [{ classes: 1 }, 'classes must be a whole number from 2; got 1'],
    [{ topK: 17 }, 'TopKPool: k=17 needs at least 17 positions'],
    [
      { taps: [{ after: 'pol1', parts: 2 }, ...TAPS] },
      "has no layer 'pol1'. The closest names are 'pool1'",
    ],
  ])('refuses %j', (args, message) => {
    expect(() => attachFBSD(smallNetwork(), { taps: TAPS, ...SMALL_HEAD, ...args })).toThrow(
      message,
    );
  });

  test('records which layers are new whatever those of the model are called', () => {
    const net = sequential({ name: 'net' });
    ['boost', 'classifier_stem', 'fbsm9'].forEach((name, i) => {
      const shape = i === 0 && { inputShape: [32, 32, 3] };
      net.add(layers.conv2d({ name, filters: 4, kernelSize: 3, strides: 2, ...shape }));
    });
    const taps = [
      { after: 'classifier_stem', parts: 3, name: 'boosted1' },
      { after: 'fbsm9', parts: 3 },
    ];
    const model = attachFBSD(net, { taps, ...SMALL_HEAD });
    const names = newWeightNames(model) as ReadonlySet<string>;
    const backbone = model.weights.map((w) => w.originalName).filter((name) => !names.has(name));
    expect(backbone).toEqual(net.weights.map((w) => w.originalName));
    expect([...names]).toContain('boosted1/kernel');
    model.dispose();
  });

  test('markNewLayers refuses a name that is no layer', () => {
    expect(() => markNewLayers(smallNetwork(), ['conv1', 'conv9'])).toThrow(
      "'small' has no layer conv9",
    );
  });
});
