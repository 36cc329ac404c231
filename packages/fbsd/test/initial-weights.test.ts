import { densenet, type InitialWeights, resnet } from '@fbsd/backbones';
import { attachFBSD, fbsd, newWeightNames } from '@fbsd/fbsd';
import { BACKENDS } from '@fbsd/testing';
import { io, setBackend, type Tensor } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';

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

describe("initialWeights: 'zeros', for weights that are loaded next", () => {
  const small = {
    classes: 3,
    imageSize: 96,
    convWidths: [8, 12],
    hiddenUnits: 6,
    seed: 5,
  } as const;
  type Options = { seed?: number; initialWeights?: InitialWeights };
  const inputShape: [number, number, number] = [64, 64, 3];
  const makers = {
    FBSD: (options: Options) => fbsd({ arch: 'mini', ...small, ...options }),
    'a ResNet of bottlenecks': (options: Options) =>
      resnet({ name: 'r', block: 'bottleneck', depths: [1, 1], width: 4, ...options }).classifier({
        inputShape,
      }),
    'a DenseNet': (options: Options) =>
      densenet({ name: 'd', depths: [1, 1], growth: 4, width: 8, ...options }).classifier({
        inputShape,
      }),
  };
  const isZero = (values: Float32Array) => values.every((value) => value === 0);
  const expectSame = (a: LayersModel, b: LayersModel, names: Iterable<string>) => {
    for (const name of names) {
      const [one, other] = [valuesOf(a, name), valuesOf(b, name)];
      if (!one.every((value, i) => Object.is(value, other[i]))) throw new Error(name);
    }
  };
  const names = (model: LayersModel) => model.weights.map(({ originalName }) => originalName);
  /** Of the weights that are drawn: every one but those of batch norms, and the zero biases of a DenseNet. */
  const drawn = (model: LayersModel) =>
    names(model).filter((name) => /(kernel|^fc\/bias|^(fbsm|classifier)[^/].*bias)$/.test(name));

  test.each(Object.entries(makers))(
    '%s: nothing is drawn, batch norms begin as always; with the weights of another it is that',
    (_, make) => {
      const [random, zeros] = [make({ seed: 5 }), make({ seed: 5, initialWeights: 'zeros' })];
      expect(names(zeros)).toEqual(names(random));
      expect(drawn(zeros).length).toBeGreaterThan(5);
      for (const name of drawn(zeros)) {
        expect(isZero(valuesOf(random, name))).toBe(false);
        expect(isZero(valuesOf(zeros, name))).toBe(true);
      }
      const others = names(zeros).filter((name) => !drawn(zeros).includes(name));
      expect(others.length).toBeGreaterThan(5);
      expectSame(zeros, random, others);
      zeros.setWeights(random.getWeights());
      expectSame(zeros, random, names(random));
      for (const model of [random, zeros]) model.dispose();
    },
  );

  test('of the backbone alone: the new layers get the numbers that they always get', () => {
    const [random, backbone, newLayers] = [
      fbsd({ arch: 'mini', ...small, seed: 5 }),
      fbsd({ arch: 'mini', ...small, seed: 5, initialWeights: { backbone: 'zeros' } }),
      fbsd({ arch: 'mini', ...small, seed: 5, initialWeights: { newLayers: 'zeros' } }),
    ];
    const fresh = newWeightNames(random) as ReadonlySet<string>;
    const others = names(random).filter((name) => !fresh.has(name));
    expectSame(backbone, random, fresh);
    expectSame(newLayers, random, others);
    for (const name of drawn(random)) {
      expect(isZero(valuesOf(fresh.has(name) ? newLayers : backbone, name))).toBe(true);
    }
    for (const model of [random, backbone, newLayers]) model.dispose();
  });

  test('attachFBSD: the new layers alone', () => {
    const backbone = densenet({ name: 'd', depths: [1, 1], growth: 4, width: 8, seed: 1 });
    const taps = ['denseblock1.concat', 'denseblock2.concat'].map((after) => ({ after, parts: 2 }));
    const { imageSize: _, ...head } = small;
    const args = { ...head, taps, topK: 4, initialWeights: 'zeros' } as const;
    const attached = attachFBSD(backbone.model({ inputShape }), args);
    const fresh = newWeightNames(attached) as ReadonlySet<string>;
    expect([...fresh]).toContain('fbsm2/bias');
    for (const name of drawn(attached)) {
      expect(isZero(valuesOf(attached, name))).toBe(fresh.has(name));
    }
  });

  test('a model that is saved once its weights were loaded is the same when it is read', async () => {
    const [source, model] = [
      makers['a DenseNet']({ seed: 5 }),
      makers['a DenseNet']({ initialWeights: 'zeros' }),
    ];
    model.setWeights(source.getWeights());
    let artifacts: io.ModelArtifacts = {};
    await model.save(
      io.withSaveHandler(async (saved) => {
        artifacts = saved;
        return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(saved) };
      }),
    );
    const loaded = await loadLayersModel({ load: async () => artifacts });
    expectSame(loaded, source, names(source));
  });

  test('anything else is refused', () => {
    const refused = (initialWeights: unknown) =>
      expect(() => fbsd({ arch: 'mini', ...small, initialWeights: initialWeights as 'zeros' }));
    refused('none').toThrow("fbsd: initialWeights must be 'random' or 'zeros'; got 'none'.");
    refused({ backbone: 0 }).toThrow("initialWeights must be 'random' or 'zeros'; got 0.");
    refused({ head: 'zeros' }).toThrow("there is no option 'head'");
    expect(() =>
      resnet({ name: 'r', block: 'basic', depths: [1], initialWeights: 'zero' as 'zeros' }),
    ).toThrow("resnet: initialWeights must be 'random' or 'zeros'; got 'zero'.");
  });
});
