import {
  checkGradients,
  describeBackends,
  expectClose,
  expectNoLeak,
  readGolden,
  signal,
  toNHWC,
  toTensor,
  type Values,
} from '@fbsd/testing';
import { topKMean } from '@fbsd/topk-pool';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops

const CASES: [string, number[]][] = [
  ['topk_small', [2, 3, 4, 4]],
  ['topk_large', [2, 64, 28, 28]],
];
const golden = (name: string) =>
  readGolden(new URL(`./goldens/${name}.safetensors`, import.meta.url));
const gradient = (x: tf.Tensor4D, dy: tf.Tensor, k: number) =>
  tf.grad((input) => topKMean(input, { k }))(x, dy);

/** Pseudo-random values, no two of them close: a shuffled ladder with steps of 0.01. */
function distinct(name: string, shape: number[]): tf.Tensor4D {
  const { data } = signal(name, shape);
  const order = Array.from(data, (_, i) => i).sort((i, j) => Number(data[i]) - Number(data[j]));
  const ladder = new Float32Array(data.length);
  order.forEach((i, rank) => {
    ladder[i] = 0.01 * (rank - data.length / 2);
  });
  return toTensor({ shape, data: ladder });
}

describeBackends('topKMean', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  describe('shape', () => {
    test('a map becomes a vector of its channels', () => {
      const y = topKMean(tf.zeros([2, 3, 4, 6]));
      expect([y.shape, y.dtype]).toEqual([[2, 6], 'float32']);
    });
    test('positions × channels is the same pooling as height × width × channels', () => {
      const x = distinct('positions', [2, 3, 4, 6]);
      expectClose(topKMean(tf.reshape(x, [2, 12, 6])), topKMean(x), { rtol: 0, atol: 0 });
    });
  });

  describe('values', () => {
    test.each(CASES)('equal the golden %s', (name, shape) => {
      const y = topKMean(toNHWC(signal(`${name}.x`, shape)));
      expectClose(y, golden(name).get('y') as Values, { rtol: 1e-5 });
    });
    test('k = 1 is global max pooling', () => {
      const x = distinct('max', [2, 5, 3, 4]);
      expectClose(topKMean(x, { k: 1 }), tf.max(x, [1, 2]), { rtol: 0, atol: 0 });
    });
    test('k = all positions is global average pooling', () => {
      const x = distinct('average', [2, 5, 3, 4]);
      expectClose(topKMean(x, { k: 15 }), tf.mean(x, [1, 2]), { rtol: 1e-5 });
    });
    test('negative and infinite responses rank like any number', () => {
      const x = tf.tensor4d([-3, -1, -2, Number.NEGATIVE_INFINITY], [1, 2, 2, 1]);
      expect(topKMean(x, { k: 2 }).dataSync()[0]).toBe(-1.5);
    });
  });

  describe('gradient', () => {
    test.each(CASES)('equals the golden %s', (name, shape) => {
      const dx = gradient(
        toNHWC(signal(`${name}.x`, shape)),
        toTensor(signal(`${name}.grad`, shape.slice(0, 2))),
        5,
      );
      expectClose(dx, toNHWC(golden(name).get('grad_x') as Values), { rtol: 1e-5 });
    });
    test.each([1, 2, 6])('k = %i passes finite differences', (k) => {
      const x = distinct('differences', [2, 3, 2, 3]);
      checkGradients((input) => topKMean(input, { k }), [x], { step: 1e-3 });
    });
    test('k = 1 and k = all positions: the gradients of max and mean', () => {
      const x = distinct('extremes', [2, 4, 3, 5]);
      const dy = toTensor(signal('extremes.dy', [2, 5]));
      const [max, mean] = [tf.max, tf.mean].map((pool) =>
        tf.grad((input) => pool(input, [1, 2]))(x, dy),
      ) as [tf.Tensor, tf.Tensor];
      expectClose(gradient(x, dy, 1), max, { rtol: 1e-5 });
      expectClose(gradient(x, dy, 12), mean, { rtol: 1e-5 });
    });
    test('of equal responses the first k positions get it, and only those', () => {
      const x = tf.tensor4d([1, 3, 2, 3, 3, 0, 3, 3], [1, 2, 4, 1]);
      const dx = gradient(x, tf.tensor2d([[6]]), 3);
      expect(Array.from(dx.dataSync())).toEqual([0, 2, 0, 2, 2, 0, 0, 0]);
      const flat = gradient(tf.zeros([1, 2, 4, 1]), tf.tensor2d([[6]]), 3);
      expect(Array.from(flat.dataSync())).toEqual([2, 2, 2, 0, 0, 0, 0, 0]);
    });
  });

  describe('errors', () => {
    test.each([
      [{ k: 0 }, 'k must be a whole number of at least 1; got 0.'],
      [{ k: 2.5 }, 'k must be a whole number of at least 1; got 2.5.'],
      [{ k: Number.NaN }, 'k must be a whole number of at least 1; got NaN.'],
      [
        { k: 5 },
        'k=5 needs at least 5 positions; got input [1,2,2,3] (4). Use a smaller k or a larger input.',
      ],
    ])('%j is refused', (options, message) => {
      const call = () => topKMean(tf.zeros([1, 2, 2, 3]), options);
      expect(call).toThrow(RangeError);
      expect(call).toThrow(`[@fbsd/topk-pool] topKMean: ${message}`);
    });
    test('a k that is no number is refused', () => {
      const call = () => topKMean(tf.zeros([1, 2, 2, 3]), { k: '2' as unknown as number });
      expect(call).toThrow(TypeError);
      expect(call).toThrow("k must be a number; got '2'");
    });
    test('another rank or dtype is refused', () => {
      expect(() => topKMean(tf.zeros([8, 3]))).toThrow(
        'or [batch,positions,channels]; got [8,3]. Reshape the input.',
      );
      expect(() => topKMean(tf.zeros([1, 8, 3], 'int32'))).toThrow(TypeError);
    });
  });

  describe('memory', () => {
    test('forward and backward leave nothing behind', () => {
      const x = distinct('memory', [2, 3, 4, 2]);
      const dy = toTensor(signal('memory.dy', [2, 2]));
      expectNoLeak(() => topKMean(x));
      expectNoLeak(() => gradient(x, dy, 5));
    });
    test('only the indices are kept for the backward pass', () => {
      const x = distinct('kept', [2, 8, 8, 4]);
      const bytes = () => tf.memory().numBytes;
      let kept = 0;
      tf.grad((input) => {
        const before = bytes();
        const y = topKMean(input);
        kept = bytes() - before;
        return y;
      })(x);
      expect(kept).toBe(4 * (2 * 4 + 2 * 4 * 5)); // y and the indices
    });
  });
});
