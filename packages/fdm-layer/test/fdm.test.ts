import { diversify, FDM, fdm } from '@fbsd/fdm';
import { checkLayer, describeBackends, signal, toTensor } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expectAll, maps } from './maps.ts';

describeBackends('FDM', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  describe('shape', () => {
    test('every map keeps its own, unknown sizes included', () => {
      const shapes = [
        [null, null, null, 8],
        [null, 4, 5, 8],
        [null, 6, 8],
      ];
      const inputs = shapes.map((batchShape) => input({ batchShape }));
      const outputs = fdm().apply(inputs);
      expect(outputs.map(({ shape }) => shape)).toEqual(shapes);
    });
  });

  describe('values', () => {
    test.each([{}, { gamma: 0.5 }, { gamma: 2, scale: 3 }])(
      'with %j equal those of the op',
      (options) => {
        const inputs = maps('layer');
        const actual = fdm(options).apply(inputs);
        expectAll(actual, diversify(inputs, options), { rtol: 0, atol: 0 });
      },
    );
  });

  describe('gradient', () => {
    test('a model with it learns, through what the maps give to each other alone', async () => {
      // The label is in the second map; the classifier sees the first, whose own input is constant.
      const size = 16;
      const noise = signal('task', [size, 2, 2, 4]).data as Float32Array;
      const label = (b: number) => b % 2;
      const hint = Float32Array.from(
        noise,
        (value, i) => 0.1 * value + (i % 4 === label(i >> 4) ? 1 : 0),
      );
      const xs = [tf.ones([size, 3, 3, 4]), toTensor({ shape: [size, 2, 2, 4], data: hint })];
      const ys = toTensor({
        shape: [size, 2],
        data: Array.from({ length: 2 * size }, (_, i) => (label(i >> 1) === i % 2 ? 1 : 0)),
      });
      const inputs = [input({ shape: [3, 3, 4] }), input({ shape: [2, 2, 4] })];
      const features = inputs.map((x) =>
        layers.dense({ units: 4, kernelInitializer: 'identity' }).apply(x),
      );
      const [z1] = fdm({ scale: 1 }).apply(features as SymbolicTensor[]) as [SymbolicTensor];
      const pooled = layers.globalAveragePooling2d({}).apply(z1);
      const output = layers
        .dense({ units: 2, activation: 'softmax', kernelInitializer: 'zeros' })
        .apply(pooled) as SymbolicTensor;
      const net = model({ inputs, outputs: output });
      net.compile({ optimizer: tf.train.sgd(0.3), loss: 'categoricalCrossentropy' });
      const {
        history: { loss },
      } = await net.fit(xs, ys, { epochs: 60, batchSize: size, verbose: 0 });
      const losses = loss as number[];
      expect(losses[0]).toBeCloseTo(Math.log(2), 5);
      expect(losses.at(-1)).toBeLessThan(0.2);
      net.dispose();
    });
  });

  describe('serialisation', () => {
    test('saved and loaded, outputs stay the same', async () => {
      await checkLayer(
        () => fdm({ gamma: 0.5, scale: 10 }),
        [
          [3, 4, 6],
          [2, 2, 6],
          [1, 2, 6],
        ],
      );
    });
    test('the configuration holds the options under its own class name', () => {
      const layer = fdm({ gamma: 0.5, scale: 0.01, name: 'diversify' });
      expect(layer.getConfig()).toMatchObject({ name: 'diversify', gamma: 0.5, scale: 0.01 });
      expect(fdm().getConfig()).toMatchObject({ gamma: 1, scale: 0.001 });
      expect(layer.getClassName()).toBe('FbsdFDM');
      expect(FDM.className).toBe('FbsdFDM');
    });
  });

  describe('errors', () => {
    test('maps that do not fit are refused when the model is built', () => {
      const map = (...shape: number[]) => input({ shape });
      expect(() => fdm().apply(map(2, 2, 3))).toThrow(
        new RangeError('[@fbsd/fdm] FDM: expected at least 2 maps; got 1. Pass them as one list.'),
      );
      expect(() => fdm().apply([map(2, 2, 3), map(2, 2, 4)])).toThrow(
        'got [null,2,2,3] and map 1 of shape [null,2,2,4]',
      );
      const layer = fdm();
      layer.apply([map(2, 2, 3), map(1, 1, 3)]);
      expect(() => layer.apply([map(2, 2, 3), map(12)])).toThrow('got map 1 of shape [null,12]');
    });
    test('one tensor is refused by the call', () => {
      expect(() => fdm().apply(tf.zeros([1, 2, 2, 3]))).toThrow('expected at least 2 maps; got 1');
    });
    test('impossible options are refused by the constructor', () => {
      expect(() => fdm({ gamma: Number.NaN })).toThrow(
        '[@fbsd/fdm] FDM: gamma must be a finite number; got NaN.',
      );
    });
  });

  describe('memory', () => {
    test('a call leaves its results alone', () => {
      const inputs = maps('call');
      const layer = fdm();
      const before = tf.memory().numTensors;
      layer.apply(inputs);
      expect(tf.memory().numTensors).toBe(before + inputs.length);
    });
  });
});
