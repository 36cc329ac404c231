import { type Backbone, loadStateDict, saveStateDict } from '@fbsd/backbones';
import { describeBackends, expectClose, expectNoLeak, signal, toTensor } from '@fbsd/testing';
import { readStateDict, type StateDict, type StateTensor } from '@fbsd/torch-weights';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model } from '@tensorflow/tfjs-layers';
import { classifier, denseNet, inputShape, resNet, saved, setSignals } from './support/models.ts';

const renamed = (dict: StateDict, rename: (name: string) => string) =>
  new Map([...dict].map(([name, value]) => [rename(name), value] as const));
const zeros = (shape: number[]): StateTensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Runs `body` with a source of weights, what it saves and a model to load it into. */
async function withModels(
  create: (seed: number) => Backbone,
  body: (dict: StateDict, target: LayersModel, equal: () => void) => void | Promise<void>,
  args: { classes?: number } = {},
): Promise<void> {
  const source = classifier(create(1));
  setSignals(source);
  const target = classifier(create(2), args.classes);
  const equal = () => {
    source.weights.forEach((weight, i) => {
      const loaded = target.weights[i]?.read() as tf.Tensor;
      expect(loaded.dataSync()).toEqual((weight.read() as tf.Tensor).dataSync());
    });
  };
  await body(await saved(source), target, equal);
  source.dispose();
  target.dispose();
}

const published = (name: string) =>
  name
    .replace(/^conv1\./, 'features.layer0_2.0.')
    .replace(/^bn1\./, 'features.layer0_2.1.')
    .replace(/^layer([12])\./, (_, n) => `features.layer0_2.${Number(n) + 3}.`)
    .replace(/^layer([34])\./, 'features.layer$1.0.');
const publishedDenseNet = (name: string) =>
  name
    .replace('features.conv0', 'features.block0_2.0')
    .replace('features.norm0', 'features.block0_2.1')
    .replace('features.denseblock1', 'features.block0_2.4')
    .replace('features.transition1', 'features.block0_2.5')
    .replace('features.denseblock2', 'features.block0_2.6')
    .replace('features.transition2', 'features.block3.0')
    .replace('features.denseblock3', 'features.block3.1')
    .replace('features.transition3', 'features.block4.0')
    .replace('features.denseblock4', 'features.block4.1')
    .replace('features.norm5', 'norm5'); // not in that code
const dotted = (name: string) => name.replace(/(denselayer\d\.(?:norm|conv))(\d)/, '$1.$2');

describe('loadStateDict', () => {
  test.each([
    ['torchvision', resNet, (name: string) => name, 'torchvision'],
    ['DataParallel', resNet, (name: string) => `module.${name}`, 'torchvision'],
    [
      'torch.compile in DataParallel',
      resNet,
      (name: string) => `module._orig_mod.${name}`,
      'torchvision',
    ],
    ['the published FBSD code', resNet, published, 'fbsd'],
    ['torchvision', denseNet, (name: string) => name, 'torchvision'],
    ['old files', denseNet, dotted, 'old torchvision'],
    ['model.features', denseNet, (name: string) => name.replace('features.', ''), 'features'],
    [
      'timm features_only',
      denseNet,
      (name: string) => name.replace('features.', 'features_'),
      'timm features',
    ],
    ['the published FBSD code', denseNet, publishedDenseNet, 'fbsd'],
  ] as const)('names of %s (%p)', async (_, create, rename, names) => {
    await withModels(create, (dict, target, equal) => {
      const report = loadStateDict(target, renamed(dict, rename));
      expect(report).toMatchObject({
        names,
        missing: [],
        unexpected: [],
        misshaped: [],
        classifier: [],
      });
      expect(report.loaded).toHaveLength(target.weights.length);
      equal();
    });
  });

  test('knows the names that torchvision gives', async () => {
    await withModels(denseNet, (dict) => {
      expect([...dict.keys()]).toEqual(
        expect.arrayContaining([
          'features.conv0.weight',
          'features.denseblock2.denselayer2.norm1.running_var',
          'features.transition3.conv.weight',
          'features.norm5.bias',
          'classifier.weight',
        ]),
      );
    });
    await withModels(resNet, (dict) => {
      expect(dict.get('layer2.0.downsample.0.weight')?.shape).toEqual([32, 16, 1, 1]);
      expect(dict.get('layer1.0.conv2.weight')?.shape).toEqual([4, 4, 3, 3]);
      expect(dict.get('fc.weight')?.shape).toEqual([5, 128]);
    });
  });

  test.each([
    'backbone.',
    'encoder.',
    'net.',
    'resnet.',
    'visual.',
    'module.encoder_q.',
    'model.',
    'module.backbone.body.',
    'a\u001b[31m.',
  ])('behind %j beside other things', async (prefix) => {
    for (const [create, rename] of [
      [resNet, (name: string) => name],
      [denseNet, dotted],
      [resNet, published],
    ] as const) {
      await withModels(create, (dict, target, equal) => {
        const others: [string, StateTensor][] = [
          ['criterion.weight', zeros([3])],
          ['head.conv1.weight', zeros([4])], // ends like a weight of the model
          ['temperature', zeros([])],
        ];
        const file = new Map([...others, ...renamed(dict, (name) => prefix + rename(name))]);
        const report = loadStateDict(target, file);
        expect(report).toMatchObject({
          prefix,
          outside: others.map(([name]) => name),
          missing: [],
          unexpected: [],
        });
        expect(report.summary).toContain(`, behind ${prefix.includes('\u001b') ? '"a' : prefix}`);
        expect(report.summary).toContain('What is not behind it is left out: criterion.weight');
        expect(report.summary).not.toMatch(/\p{Cc}/u);
        equal();
      });
    }
  });

  test('of two models in a file the one that fits, of two that fit the first', async () => {
    await withModels(resNet, (dict, target, equal) => {
      const wider = new Map([...dict].map(([name]) => [`student.${name}`, zeros([9])] as const));
      const fits = renamed(dict, (name) => `teacher.${name}`);
      expect(loadStateDict(target, new Map([...wider, ...fits])).prefix).toBe('teacher.');
      equal();
      const twice = new Map([...fits, ...renamed(dict, (name) => `ema.${name}`)]);
      expect(loadStateDict(target, twice).prefix).toBe('teacher.');
      const plain = new Map([...fits, ...dict]);
      expect(loadStateDict(target, plain, { strict: false }).prefix).toBe('');
    });
  });

  test('a file whose names end by chance like those of the model has no prefix', async () => {
    await withModels(resNet, (dict, target) => {
      const few = new Map([...dict].slice(0, 3).map(([n, x]) => [`neck.${n}`, x] as const));
      expect(() => loadStateDict(target, few)).toThrow(/conv1.weight: neck.conv1.weight \[4,3/);
    });
  });

  test.each([
    [
      'a forgotten await of the model',
      (m: LayersModel, d: StateDict) => [Promise.resolve(m), d],
      /expects a tf.LayersModel.*a Promise. Await it/,
    ],
    [
      'a forgotten await of the file',
      (m: LayersModel, d: StateDict) => [m, Promise.resolve(d)],
      /expects a state dict.*a Promise. Await it/,
    ],
    [
      'a misspelled option',
      (m: LayersModel, d: StateDict) => [m, d, { strikt: false }],
      /no option 'strikt'. Did you mean 'strict'\?/,
    ],
  ])('refuses %s', async (_, args, message) => {
    await withModels(resNet, (dict, target) => {
      const load = loadStateDict as (...args: unknown[]) => unknown;
      expect(() => load(...args(target, dict))).toThrow(message);
    });
  });

  test('ignores the counters of batches', async () => {
    await withModels(resNet, (dict, target) => {
      const more = new Map([...dict, ['bn1.num_batches_tracked', zeros([])] as const]);
      expect(loadStateDict(target, more).unexpected).toEqual([]);
    });
  });

  test('a classifier for other classes is the normal case, and the report says so', async () => {
    await withModels(
      resNet,
      (dict, target) => {
        const before = target.getLayer('fc').getWeights()[0]?.dataSync();
        const report = loadStateDict(target, dict);
        expect(report.classifier).toEqual(['fc.weight', 'fc.bias']);
        expect(report.misshaped).toEqual([]);
        expect(report.summary).toContain(
          "The file's own classifier (fc.weight, fc.bias) is left out",
        );
        expect(target.getLayer('fc').getWeights()[0]?.dataSync()).toEqual(before);
      },
      { classes: 3 },
    );
  });

  test('a backbone without head takes a file with one', async () => {
    const source = classifier(denseNet(1));
    const extractor = denseNet(2).model({ inputShape });
    const report = loadStateDict(extractor, await saved(source));
    expect(report.unexpected).toEqual([]);
    expect([...report.classifier].sort()).toEqual([
      'classifier.bias',
      'classifier.weight',
      ...['bias', 'running_mean', 'running_var', 'weight'].map((name) => `features.norm5.${name}`),
    ]);
    source.dispose();
    extractor.dispose();
  });

  test('only: chosen weights alone, the others neither missing nor unexpected', async () => {
    await withModels(resNet, (dict, target) => {
      const before = target.getLayer('conv1').getWeights()[0]?.dataSync();
      const report = loadStateDict(target, dict, { only: (name) => name.startsWith('layer') });
      expect(report.loaded.every((name) => name.startsWith('layer'))).toBe(true);
      expect([...report.missing, ...report.unexpected]).toEqual([]);
      expect(target.getLayer('conv1').getWeights()[0]?.dataSync()).toEqual(before);
    });
  });

  test('what does not fit is named; strict changes nothing, otherwise the rest is loaded', async () => {
    await withModels(resNet, (dict, target) => {
      const broken = new Map(dict);
      broken.delete('layer1.0.bn1.bias');
      broken.set('layer1.0.conv1.weight', zeros([4, 4, 3, 3]));
      broken.set('extra\u001b[31m.weight', zeros([2]));
      const before = target.getWeights().map((weight) => weight.dataSync());
      const message =
        "[@fbsd/backbones] loadStateDict: the file does not fit the model 'tiny'. 100 entries fit " +
        '(names of torchvision). 1 missing: layer1.0.bn1.bias. 1 unexpected: "extra\\u001b[31m.weight". ' +
        '1 of another shape: layer1.0.conv1.weight [4,4,3,3] for [4,4,1,1]. Nothing was changed.';
      expect(() => loadStateDict(target, broken)).toThrow(message);
      expect(target.getWeights().map((weight) => weight.dataSync())).toEqual(before);
      const report = loadStateDict(target, broken, { strict: false });
      expect(report).toMatchObject({
        missing: ['layer1.0.bn1.bias'],
        unexpected: ['extra\u001b[31m.weight'],
        misshaped: [
          { name: 'layer1.0.conv1.weight', expected: [4, 4, 1, 1], actual: [4, 4, 3, 3] },
        ],
      });
      expect(report.loaded).toHaveLength(100);
    });
  });

  test('a file of another architecture is refused in any case', async () => {
    await withModels(resNet, (_, target) => {
      const other = new Map([['encoder.weight', zeros([2])]]);
      for (const strict of [true, false]) {
        expect(() => loadStateDict(target, other, { strict })).toThrow(
          /nearest in the file: conv1.weight: encoder.weight \[2\]; .* Is it the file of another architecture\?/,
        );
      }
    });
  });

  test('other types of elements are converted', async () => {
    const bias = layers.dense({ name: 'fc', units: 3, kernelInitializer: 'zeros' });
    const images = input({ shape: [2] });
    const net = model({ inputs: images, outputs: bias.apply(images) as typeof images });
    const weight: StateTensor = {
      dtype: 'int64',
      shape: [3, 2],
      data: BigInt64Array.of(1n, 2n, 3n, 4n, 5n, -6n),
    };
    const half: StateTensor = { dtype: 'float64', shape: [3], data: Float64Array.of(0.5, 1, 2) };
    loadStateDict(net, new Map([['fc.weight', weight] as const, ['fc.bias', half] as const]));
    expectClose(net.getWeights()[0] as tf.Tensor, { shape: [2, 3], data: [1, 3, 5, 2, 4, -6] });
    expectClose(net.getWeights()[1] as tf.Tensor, { shape: [3], data: [0.5, 1, 2] });
    net.dispose();
  });
});

describe('FBSD weights', () => {
  // The parts of FBSD that a backbone lacks, by the names that the complete model gives its layers.
  const parts = () => {
    const images = input({ shape: [4, 4, 6] });
    const conv = layers.conv2d({
      name: 'conv_block1.0.conv',
      filters: 6,
      kernelSize: 1,
      useBias: false,
    });
    const score = layers.conv2d({ name: 'fbsm2', filters: 1, kernelSize: 1 });
    const pooled = layers.globalAveragePooling2d({}).apply(conv.apply(images));
    const linear = layers.dense({ name: 'classifier_concat.4', units: 2 });
    const outputs = [score.apply(conv.apply(images)), linear.apply(pooled)] as (typeof images)[];
    return model({ inputs: images, outputs });
  };
  test('have the published names, whatever the names of the backbone', async () => {
    const net = parts();
    for (const names of ['torchvision', 'fbsd'] as const) {
      const dict = await readStateDict(await saveStateDict(net, { names }));
      expect([...dict].map(([name, { shape }]) => `${name} ${shape}`)).toEqual([
        'conv_block1.0.conv.weight 6,6,1,1',
        'features.strip2.stripconv.0.weight 1,6,1,1',
        'features.strip2.stripconv.0.bias 1',
        'classifier_concat.4.weight 2,6',
        'classifier_concat.4.bias 2',
      ]);
      expect(loadStateDict(net, dict).loaded).toHaveLength(5);
    }
    net.dispose();
  });
  test('a classifier of FBSD for other classes is of another shape, not the normal case', async () => {
    const net = parts();
    const dict = new Map(await saved(net)).set('classifier_concat.4.bias', zeros([3]));
    expect(() => loadStateDict(net, dict)).toThrow('classifier_concat.4.bias [3] for [2]');
    net.dispose();
  });
});

describeBackends('loading and saving', () => {
  test('kernels are transposed: [out,in,h,w] → [h,w,in,out] and back', async () => {
    const conv = layers.conv2d({ name: 'conv1', filters: 33, kernelSize: [2, 3], useBias: false });
    const images = input({ shape: [4, 4, 5] });
    const net = model({ inputs: images, outputs: conv.apply(images) as typeof images });
    const theirs = signal('kernel', [33, 5, 2, 3]);
    const entry: StateTensor = {
      dtype: 'float32',
      shape: [33, 5, 2, 3],
      data: theirs.data as Float32Array<ArrayBuffer>,
    };
    loadStateDict(net, new Map([['conv1.weight', entry]]));
    const expected = tf.tidy(() => tf.transpose(toTensor(theirs), [2, 3, 1, 0]));
    expectClose(net.getWeights()[0] as tf.Tensor, expected, { rtol: 1e-9 });
    expect((await saved(net)).get('conv1.weight')).toEqual(entry);
    expected.dispose();
    net.dispose();
  });

  test('leaves no tensor behind', async () => {
    const source = classifier(resNet(1));
    const before = tf.memory().numTensors;
    const dict = await saved(source);
    expect(tf.memory().numTensors).toBe(before);
    expectNoLeak(() => {
      loadStateDict(source, dict);
      return [];
    });
    source.dispose();
  });
});
