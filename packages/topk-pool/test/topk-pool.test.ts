import { checkLayer, describeBackends, expectClose, signal, toTensor } from '@fbsd/testing';
import { TopKPool, topKMean, topKPool } from '@fbsd/topk-pool';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, sequential } from '@tensorflow/tfjs-layers';

describeBackends('TopKPool', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  describe('shape', () => {
    test.each([[[null, 4, 5, 6]], [[null, 20, 6]], [[null, null, null, 6]]])(
      '%j becomes [null,6]',
      (shape) => {
        const output = topKPool().apply(input({ batchShape: shape }));
        expect(output.shape).toEqual([null, 6]);
      },
    );
  });

  describe('values', () => {
    test('equal those of the op', () => {
      const x = toTensor<tf.Tensor4D>(signal('layer', [2, 3, 4, 5]));
      expectClose(topKPool({ k: 3 }).apply(x), topKMean(x, { k: 3 }), {
        rtol: 0,
        atol: 0,
      });
    });
    test('k is 5 unless told', () => {
      expect(topKPool().k).toBe(5);
    });
  });

  describe('gradient', () => {
    test('a model with it learns', async () => {
      // One bright pixel, in the first channel for class 0, in the second for class 1.
      const size = 16;
      const data = signal('task', [size, 4, 4, 2]).data as Float32Array;
      for (let b = 0; b < size; b++) data[b * 32 + 2 * (b % 16) + (b % 2)] = 3;
      const x = toTensor({ shape: [size, 4, 4, 2], data });
      const y = tf.oneHot(
        tf.tensor1d(
          Array.from({ length: size }, (_, b) => b % 2),
          'int32',
        ),
        2,
      );
      const net = sequential({
        layers: [
          topKPool({ k: 2, inputShape: [4, 4, 2] }),
          layers.dense({
            units: 2,
            activation: 'softmax',
            kernelInitializer: 'zeros',
          }),
        ],
      });
      net.compile({ optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy' });
      const {
        history: { loss },
      } = await net.fit(x, y, { epochs: 60, batchSize: size, verbose: 0 });
      const losses = loss as number[];
      expect(losses[0]).toBeCloseTo(Math.log(2), 5);
      expect(losses.at(-1)).toBeLessThan(0.3);
      net.dispose();
    });
  });

  describe('serialisation', () => {
    test('saved and loaded, outputs stay the same', async () => {
      await checkLayer(() => topKPool({ k: 3 }), [[4, 3, 6]]);
      await checkLayer(() => topKPool({ k: 12 }), [[12, 6]]);
    });
    test('the configuration holds k under its own class name', () => {
      const layer = topKPool({ k: 7, name: 'pool' });
      expect(layer.getConfig()).toMatchObject({ name: 'pool', k: 7 });
      expect(TopKPool.className).toBe('FbsdTopKPool');
      expect(layer.getClassName()).toBe('FbsdTopKPool');
    });
  });

  describe('errors', () => {
    test('too few positions are refused when the model is built', () => {
      const small = input({ shape: [2, 2, 2048] });
      expect(() => topKPool({ k: 5 }).apply(small)).toThrow(
        new RangeError(
          '[@fbsd/topk-pool] TopKPool: k=5 needs at least 5 positions; got input ' +
            '[null,2,2,2048] (4). Use a smaller k or a larger input.',
        ),
      );
    });
    test('so they are on the second use of one layer', () => {
      const pool = topKPool({ k: 5 });
      pool.apply(input({ shape: [4, 4, 3] }));
      expect(() => pool.apply(input({ shape: [2, 2, 3] }))).toThrow('got input [null,2,2,3] (4)');
    });
    test('a size that is not known before is checked by the call', () => {
      const pool = topKPool({ k: 5 });
      pool.apply(input({ shape: [null, null, 3] }));
      expect(() => pool.apply(tf.zeros([1, 2, 2, 3]))).toThrow('got input [1,2,2,3] (4)');
    });
    test('an impossible k is refused by the constructor', () => {
      expect(() => topKPool({ k: 0 })).toThrow('[@fbsd/topk-pool] TopKPool: k must be');
    });
    test('another rank and more than one input are refused', () => {
      expect(() => topKPool().apply(input({ shape: [12] }))).toThrow('Reshape the input');
      const map = input({ shape: [4, 4, 3] });
      expect(() => topKPool().apply([map, map])).toThrow('expected one input; got 2');
    });
  });

  describe('memory', () => {
    test('a call leaves only its result', () => {
      const x = toTensor(signal('call', [1, 3, 3, 2]));
      const pool = topKPool();
      const before = tf.memory().numTensors;
      pool.apply(x);
      expect(tf.memory().numTensors).toBe(before + 1);
    });
  });
});
