import { densenet, resnet } from '@fbsd/backbones';
import { attachFBSD, fbsd } from '@fbsd/fbsd';
import { BACKENDS } from '@fbsd/testing';
import { setBackend, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

beforeAll(async () => {
  await setBackend(BACKENDS[1]);
});

function valuesOf(model: LayersModel, name: string): Float32Array {
  const weight = model.weights.find(({ originalName }) => originalName === name);
  if (!weight) throw new Error(`no weight ${name}`);
  return (weight.read() as Tensor).dataSync() as Float32Array;
}

/** Deviation and kurtosis, over those of the distribution: 1 and 1 but for chance. */
function moments(values: Float32Array, deviation: number, kurtosis: number) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const moment = (n: number) => values.reduce((sum, x) => sum + (x - mean) ** n, 0) / values.length;
  return {
    mean: mean / deviation,
    deviation: Math.sqrt(moment(2)) / deviation,
    kurtosis: moment(4) / moment(2) ** 2 / kurtosis,
  };
}

/** tfjs's own normals are truncated at two deviations, whose kurtosis is 2.37. */
const NORMAL_KURTOSIS = 3;
const UNIFORM_KURTOSIS = 9 / 5;

function expectNormal(values: Float32Array, fan: number): void {
  const { mean, deviation, kurtosis } = moments(values, Math.sqrt(2 / fan), NORMAL_KURTOSIS);
  const error = 5 / Math.sqrt(values.length);
  expect(Math.abs(mean)).toBeLessThan(error);
  expect(Math.abs(deviation - 1)).toBeLessThan(error);
  expect(Math.abs(kurtosis - 1)).toBeLessThan(2 * error);
}

function expectUniform(values: Float32Array, fanIn: number): void {
  const limit = 1 / Math.sqrt(fanIn);
  const { mean, deviation, kurtosis } = moments(values, limit / Math.sqrt(3), UNIFORM_KURTOSIS);
  const error = 5 / Math.sqrt(values.length);
  expect(Math.abs(mean)).toBeLessThan(error);
  expect(Math.abs(deviation - 1)).toBeLessThan(error);
  expect(Math.abs(kurtosis - 1)).toBeLessThan(error);
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  expect(largest).toBeLessThanOrEqual(limit * (1 + 1e-6));
  if (values.length > 100) expect(largest).toBeGreaterThan(0.95 * limit);
}

describe('initial weights are drawn as the published code draws them', () => {
  let model: LayersModel;
  beforeAll(() => {
    model = fbsd({ arch: 'resnet18', classes: 200, imageSize: 96, seed: 1 });
  });
  afterAll(() => void model.dispose());

  test.each([
    ['conv1/kernel', 64 * 49],
    ['layer1.0.conv1/kernel', 64 * 9],
    ['layer3.0.downsample.0/kernel', 256],
    ['layer4.1.conv2/kernel', 512 * 9],
  ])("the backbone's %s: normal of deviation √(2/%i)", (name, fanOut) => {
    expectNormal(valuesOf(model, name), fanOut);
  });

  test.each([
    ['conv_block1.0.conv/kernel', 128],
    ['conv_block3.0.conv/kernel', 512],
    ['conv_block2.1.conv/kernel', 512 * 9],
    ['fbsm1/kernel', 128],
    ['fbsm3/kernel', 512],
    ['classifier1.1/kernel', 1024],
    ['classifier1.1/bias', 1024],
    ['classifier2.4/kernel', 512],
    ['classifier2.4/bias', 512],
    ['classifier_concat.1/kernel', 3072],
    ['classifier_concat.1/bias', 3072],
  ])('%s: uniform in ±1/√%i', (name, fanIn) => {
    expectUniform(valuesOf(model, name), fanIn);
  });

  test('batch norms start from 1 and 0', () => {
    for (const norm of ['bn1', 'conv_block1.0.bn', 'classifier1.0', 'fbsm1']) {
      expect(new Set(valuesOf(model, `${norm}/gamma`))).toEqual(new Set([1]));
      expect(new Set(valuesOf(model, `${norm}/beta`))).toEqual(new Set([0]));
    }
  });
});

test('a DenseNet starts from normals of deviation √(2/fan in)', () => {
  const model = densenet({ name: 'd', depths: [2, 1], growth: 32, width: 64, seed: 3 }).classifier({
    inputShape: [32, 32, 3],
    classes: 10,
  });
  expectNormal(valuesOf(model, 'conv0/kernel'), 3 * 49);
  expectNormal(valuesOf(model, 'denseblock1.denselayer2/conv1/kernel'), 96);
  expectNormal(valuesOf(model, 'denseblock1.denselayer2/conv2/kernel'), 128 * 9);
  expectNormal(valuesOf(model, 'transition1.conv/kernel'), 128);
  expectUniform(valuesOf(model, 'classifier/kernel'), 96);
  expect(new Set(valuesOf(model, 'classifier/bias'))).toEqual(new Set([0])); // torchvision's
  model.dispose();
});

test("a ResNet's own classifier is uniform in ±1/√features, the bias too", () => {
  const small = resnet({ name: 'r', block: 'basic', depths: [1, 1], width: 16, seed: 4 });
  const model = small.classifier({ inputShape: [32, 32, 3] });
  expectUniform(valuesOf(model, 'fc/kernel'), 32);
  expectUniform(valuesOf(model, 'fc/bias'), 32);
  model.dispose();
});

describe('a seed decides all of them', () => {
  const small = { classes: 3, convWidths: [8, 12], hiddenUnits: 6, topK: 4 } as const;
  const make = (seed: number) => fbsd({ arch: 'mini', imageSize: 65, ...small, seed });
  const drawn = (model: LayersModel) =>
    model.weights
      .map(({ originalName }) => originalName)
      .filter((name) => /kernel$|^(fbsm|classifier).*\/bias$/.test(name));

  test('the same one the same weights, another one others; no two weights are the same', () => {
    const [a, same, b] = [make(5), make(5), make(6)];
    const names = drawn(a);
    expect(names.length).toBeGreaterThan(40);
    expect(names).toContain('fbsm2/bias');
    const first = (name: string) => valuesOf(a, name).slice(0, 8).join();
    for (const name of names) {
      expect(valuesOf(same, name).join()).toBe(valuesOf(a, name).join());
      expect(valuesOf(b, name).slice(0, 8).join()).not.toBe(first(name));
    }
    expect(new Set(names.map(first)).size).toBe(names.length);
    for (const model of [a, same, b]) model.dispose();
  });

  test('attachFBSD likewise', () => {
    const backbone = () =>
      densenet({ name: 'd', depths: [1, 1], growth: 4, width: 8, seed: 1 }).model({
        inputShape: [64, 64, 3],
      });
    const taps = [
      { after: 'denseblock1.concat', parts: 4 },
      { after: 'denseblock2.concat', parts: 2 },
    ];
    const [a, same] = [0, 1].map(() => attachFBSD(backbone(), { taps, ...small, seed: 2 })) as [
      LayersModel,
      LayersModel,
    ];
    for (const name of drawn(a)) expect(valuesOf(same, name)).toEqual(valuesOf(a, name));
    for (const model of [a, same]) model.dispose();
  });
});
