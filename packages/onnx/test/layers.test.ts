import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import '@fbsd/testing'; // the backends
import { batchNorm, denseLayer } from '@fbsd/backbones';
import { fbsm } from '@fbsd/fbsm';
import { fdm } from '@fbsd/fdm';
import { topKPool } from '@fbsd/topk-pool';
import { expectSame } from './expect-same.ts';
import { network } from './networks.ts';

type Layer = InstanceType<typeof layers.Layer>;
const MAP = [9, 11, 6];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const padding = ['same', 'valid'] as const;
const convolutions: [string, Layer][] = [
  ...padding.flatMap((padding): [string, Layer][] => [
    [`conv2d ${padding}`, layers.conv2d({ filters: 5, kernelSize: 3, padding })],
    [
      `conv2d ${padding} strides`,
      layers.conv2d({ filters: 5, kernelSize: [4, 3], strides: [3, 2], padding }),
    ],
    [
      `conv2d ${padding} dilated`,
      layers.conv2d({ filters: 5, kernelSize: 3, dilationRate: [2, 3], padding, useBias: false }),
    ],
    [
      `depthwise ${padding}`,
      layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, padding }),
    ],
    [
      `separable ${padding}`,
      layers.separableConv2d({ filters: 7, kernelSize: 3, depthMultiplier: 2, padding }),
    ],
    [
      `transposed ${padding}`,
      layers.conv2dTranspose({ filters: 5, kernelSize: [4, 3], strides: 2, padding }),
    ],
    [
      `transposed ${padding}, strides larger than the kernel`,
      layers.conv2dTranspose({ filters: 5, kernelSize: 2, strides: 3, padding }),
    ],
    [`maxPooling ${padding}`, layers.maxPooling2d({ poolSize: 3, strides: 2, padding })],
    [`averagePooling ${padding}`, layers.averagePooling2d({ poolSize: 3, strides: 2, padding })],
  ]),
  ['dense on a map', layers.dense({ units: 4 })],
  ['conv2d 1×1', layers.conv2d({ filters: 5, kernelSize: 1, activation: 'relu' })],
];
const shapes: [string, Layer][] = [
  ['globalMaxPooling', layers.globalMaxPooling2d({})],
  ['globalAveragePooling', layers.globalAveragePooling2d({})],
  ['upSampling nearest', layers.upSampling2d({ size: [2, 3] })],
  ['upSampling bilinear', layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' })],
  [
    'zeroPadding',
    layers.zeroPadding2d({
      padding: [
        [1, 2],
        [0, 3],
      ],
    }),
  ],
  ['zeroPadding of one number', layers.zeroPadding2d({ padding: 2 })],
  [
    'cropping',
    layers.cropping2D({
      cropping: [
        [1, 2],
        [0, 3],
      ],
    }),
  ],
  ['flatten', layers.flatten()],
  ['reshape', layers.reshape({ targetShape: [11, 54] })],
  ['permute', layers.permute({ dims: [3, 1, 2] })],
  ['dropout', layers.dropout({ rate: 0.5 })],
  ['gaussianNoise', layers.gaussianNoise({ stddev: 1 })],
  ['gaussianDropout', layers.gaussianDropout({ rate: 0.5 })],
  ['alphaDropout', layers.alphaDropout({ rate: 0.5 })],
  ['rescaling', layers.rescaling({ scale: 2, offset: -1 })],
];
const norms: [string, Layer][] = [
  ['batchNormalization', layers.batchNormalization({})],
  ['batchNormalization alone', layers.batchNormalization({ scale: false, center: false })],
  // As TensorFlow 2 saved it.
  ['batchNormalization, a list', layers.batchNormalization({ axis: [3] as unknown as number })],
  ['layerNormalization', layers.layerNormalization({})],
  ['BatchNorm', batchNorm({ activation: 'relu' })],
  ['DenseLayer', denseLayer({ growth: 3 })],
];
const activations: [string, Layer][] = [
  ...(
    ['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'softplus'] as const
  ).map((activation): [string, Layer] => [activation, layers.activation({ activation })]),
  ...(
    ['softsign', 'tanh', 'softmax', 'logSoftmax', 'swish', 'mish', 'gelu', 'gelu_new'] as const
  ).map((activation): [string, Layer] => [
    activation,
    layers.activation({ activation: activation as 'elu' }),
  ]),
  ['reLU', layers.reLU()],
  ['reLU to 0.5', layers.reLU({ maxValue: 0.5 })],
  ['leakyReLU', layers.leakyReLU({ alpha: 0.2 })],
  ['elu as a layer', layers.elu()],
  ['thresholdedReLU', layers.thresholdedReLU({ theta: 0.3 })],
  ['prelu', layers.prelu()],
  ['prelu shared', layers.prelu({ sharedAxes: [1, 2] })],
  ['softmax as a layer', layers.softmax({ axis: -1 })],
];

describe('a layer on a map gives the same', () => {
  test.each([...convolutions, ...shapes, ...norms, ...activations])('%s', async (_, layer) => {
    await expectSame(network([MAP], layer));
  });
});

describe('a map of open size', () => {
  test.each([
    ['conv2d', layers.conv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same' })],
    ['maxPooling', layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })],
    ['globalAveragePooling', layers.globalAveragePooling2d({})],
    ['topKPool', topKPool({ k: 3 })],
  ] as [string, Layer][])('%s', async (_, layer) => {
    await expectSame(network([[null, null, 6]], layer));
  });
  test('FDM', async () => {
    await expectSame(
      network(
        [
          [null, null, 6],
          [null, null, 6],
        ],
        fdm({ scale: 0.5 }),
      ),
    );
  });
});

describe('vectors', () => {
  test.each([
    ['dense', layers.dense({ units: 4, activation: 'elu' })],
    ['dense without bias', layers.dense({ units: 4, useBias: false })],
    ['batchNormalization', layers.batchNormalization({})],
    ['BatchNorm', batchNorm()],
    ['softmax', layers.activation({ activation: 'softmax' })],
  ] as [string, Layer][])('%s', async (_, layer) => {
    await expectSame(network([[12]], layer));
  });
});

describe('several inputs', () => {
  test.each([
    ['add', layers.add()],
    ['multiply', layers.multiply()],
    ['average', layers.average()],
    ['maximum', layers.maximum()],
    ['minimum', layers.minimum()],
    ['concatenate', layers.concatenate()],
    ['concatenate rows', layers.concatenate({ axis: 1 })],
    ['concatenate columns', layers.concatenate({ axis: 2 })],
  ] as [string, Layer][])('%s', async (_, layer) => {
    await expectSame(network([MAP, MAP, MAP], layer));
  });
  test('one as it came, one that lies as ONNX has it', async () => {
    const make = (a: SymbolicTensor, b: SymbolicTensor) => {
      const c = layers.conv2d({ filters: 6, kernelSize: 1 }).apply(b) as SymbolicTensor;
      return layers.add().apply([a, c]);
    };
    await expectSame(network([MAP, MAP], make));
  });
  test('BatchNorm with a residual', async () => {
    await expectSame(network([MAP, MAP], batchNorm({ activation: 'relu' })));
  });
  test('DenseLayer', async () => {
    await expectSame(network([MAP, [9, 11, 2], [9, 11, 3]], denseLayer({ growth: 3 })));
  });
});

describe("FBSD's layers", () => {
  test.each([
    ['even strips', [8, 5, 6], { parts: 4 }],
    ['uneven strips', [11, 5, 6], { parts: 4 }],
    ['as many strips as rows', [7, 5, 6], { parts: 7 }],
    ['one strip', [7, 5, 6], { parts: 1 }],
    ['strips of columns', [5, 11, 6], { parts: 4, axis: 'width' as const }],
    ['no suppression', [8, 5, 6], { parts: 4, beta: 0 }],
    ['full suppression', [8, 5, 6], { parts: 4, alpha: 2, beta: 1 }],
  ])('FBSM: %s', async (_, shape, options) => {
    await expectSame(network([shape], fbsm(options)));
  });
  test('FBSM: all strips that tie are suppressed', async () => {
    const make = (x: SymbolicTensor) => {
      const zero = layers.rescaling({ scale: 0 }).apply(x) as SymbolicTensor;
      const one = layers.rescaling({ scale: 1, offset: 1 }).apply(zero) as SymbolicTensor;
      return fbsm({ parts: 3, beta: 0.25 }).apply(one);
    };
    await expectSame(network([[6, 5, 4]], make));
  });
  test.each([
    [
      'maps of three sizes',
      [
        [8, 8, 6],
        [4, 4, 6],
        [2, 3, 6],
      ],
    ],
    [
      'positions',
      [
        [20, 6],
        [7, 6],
      ],
    ],
  ])('FDM: %s', async (_, maps) => {
    await expectSame(network(maps, fdm({ scale: 0.5 })));
  });
  test('FDM: what is added, at its own size', async () => {
    // The map is 0 where another gives: nothing hides what it gets.
    const make = (a: SymbolicTensor, b: SymbolicTensor) => {
      const zero = layers.rescaling({ scale: 0 }).apply(a) as SymbolicTensor;
      return fdm().apply([zero, b])[0];
    };
    await expectSame(
      network(
        [
          [4, 4, 6],
          [2, 3, 6],
        ],
        make,
      ),
    );
  });
  test.each([[MAP], [[30, 6]]])('TopKPool on %j', async (shape) => {
    await expectSame(network([shape], topKPool({ k: 5 })));
  });
});

describe('models in models', () => {
  const block = () =>
    sequential({
      name: 'block',
      layers: [
        layers.conv2d({ inputShape: MAP, filters: 6, kernelSize: 3, padding: 'same' }),
        layers.batchNormalization({}),
      ],
    });
  test('a sequential', async () => {
    await expectSame(network([MAP], (x) => block().apply(x)));
  });
  test('used twice', async () => {
    const make = (x: SymbolicTensor) => {
      const inner = block();
      return inner.apply(inner.apply(x) as SymbolicTensor);
    };
    await expectSame(network([MAP], make));
  });
  test('a sequential that begins with a model', async () => {
    const whole = sequential({ layers: [block(), layers.flatten(), layers.dense({ units: 3 })] });
    await expectSame(whole);
  });
  test('a layer used twice', async () => {
    const make = (x: SymbolicTensor) => {
      const conv = layers.conv2d({ filters: 6, kernelSize: 3, padding: 'same' });
      return conv.apply(conv.apply(x) as SymbolicTensor);
    };
    await expectSame(network([MAP], make));
  });
  test('several outputs', async () => {
    const x = input({ shape: MAP });
    const y = layers.conv2d({ filters: 2, kernelSize: 1 }).apply(x) as SymbolicTensor;
    const z = layers.flatten().apply(y) as SymbolicTensor;
    await expectSame(model({ inputs: x, outputs: [y, z] }));
  });
});
