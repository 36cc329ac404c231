import { type ArchitectureName, fbsd, newWeightNames } from '@fbsd/fbsd';
import { AdamW, SGD } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layerScales } from '../../src/train/layer-scales.ts';
import { levelsModel } from '../support/levels-model.ts';

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
});

const network = (arch: ArchitectureName) =>
  fbsd({ arch, classes: 2, imageSize: 96, initialWeights: 'zeros' });

test.each([
  ['mini', 'conv1/kernel', 'layer1.0.conv1/kernel', 'layer4.0.bn2/gamma'],
  ['resnet18', 'bn1/beta', 'layer1.1.conv2/kernel', 'layer4.1.conv1/kernel'],
  [
    'densenet121',
    'norm0/gamma',
    'denseblock1.denselayer6/norm1/gamma',
    'denseblock4.denselayer1/conv1/kernel',
  ],
] as const)('every weight of %s has a stage', (arch, stem, first, last) => {
  const model = network(arch);
  const isNew = newWeightNames(model);
  const names = model.trainableWeights
    .map(({ originalName }) => originalName)
    .filter((name) => !isNew?.has(name));
  const scale = layerScales('SGD', names, 0.5);
  expect(names).toEqual(expect.arrayContaining([stem, first, last]));
  expect([stem, first, last].map(scale)).toEqual([0.5 ** 5, 0.5 ** 4, 0.5]);
  expect([...new Set(names.map(scale))].sort()).toEqual(
    [1, 2, 3, 4, 5].map((n) => 0.5 ** n).sort(),
  );
  model.dispose();
});

test.each([
  ['SGD', (model: LayersModel) => new SGD(model, { ...rates, momentum: 0, weightDecay: 0 })],
  ['AdamW', (model: LayersModel) => new AdamW(model, { ...rates, weightDecay: 0 })],
])('%s moves new layers by their rate, stages of the backbone by less and less', (_, make) => {
  const model = network('mini');
  const optimizer = make(model);
  tf.tidy(() => {
    const gradients = model.trainableWeights.map((weight) => {
      const variable = weight.read() as tf.Variable;
      return [variable.name, tf.onesLike(variable)] as const;
    });
    optimizer.applyGradients(Object.fromEntries(gradients));
  });
  const moved = (name: string) => {
    const weight = model.weights.find(({ originalName }) => originalName === name);
    return -(weight?.read().dataSync()[0] as number);
  };
  expect(moved('conv1/kernel')).toBeCloseTo(0.1 * 0.5 ** 5, 6);
  expect(moved('layer2.0.conv1/kernel')).toBeCloseTo(0.1 * 0.5 ** 3, 6);
  expect(moved('layer4.0.conv1/kernel')).toBeCloseTo(0.1 * 0.5, 6);
  expect(moved('fbsm1/kernel')).toBeCloseTo(0.2, 6);
  optimizer.dispose();
  model.dispose();
});

const rates = { newLearningRate: 0.2, pretrainedLearningRate: 0.1, layerDecay: 0.5 };

test('refuses a network whose layers do not tell their stage, and a decay out of range', () => {
  const model = levelsModel(2);
  expect(() => new SGD(model, { layerDecay: 0.75 })).toThrow(
    "SGD: layerDecay needs to know the stages of the backbone, but 'conv2/kernel' is no weight",
  );
  expect(() => new AdamW(model, { layerDecay: 1.5 })).toThrow(
    'AdamW: layerDecay must be a number from 0 to 1; got 1.5. Use 0.75, a usual one, or 1 for none.',
  );
  model.dispose();
});
