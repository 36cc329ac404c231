import {
  checkGradients,
  checkLayer,
  describeBackends,
  expectClose,
  expectNoLeak,
  parameter,
  toNHWC,
  toTensor,
  uniform,
} from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

// Fails unless the tests really run as ES modules.
await Promise.resolve();

describe('uniform', () => {
  test('equals the published check values', () => {
    expectClose(
      { shape: [3], data: [0, 1, 2].map((i) => uniform('x', i)) },
      { shape: [3], data: [0.480135933, 0.1092584864, 0.8231615843] },
      { rtol: 1e-8 },
    );
  });

  test('scales parameters by their role', () => {
    const kernel = parameter('conv.weight', [4, 6, 1, 1]);
    expect(Math.max(...Array.from(kernel.data).map(Math.abs))).toBeLessThanOrEqual(1);
    expect(kernel.data[0]).toBe(Math.fround(2 * uniform('conv.weight', 0) - 1));
    expect(parameter('bn3.weight', [1]).data[0]).toBeCloseTo(0.2, 1);
  });
});

describe('expectClose', () => {
  const one = { shape: [2], data: [1, 2] };
  test('accepts what is within the tolerance', () => {
    expectClose({ shape: [2], data: [1.00005, 2] }, one);
  });
  test.each([
    ['a value', { shape: [2], data: [1.001, 2] }],
    ['NaN', { shape: [2], data: [Number.NaN, 2] }],
    ['the shape', { shape: [1, 2], data: [1, 2] }],
    ['a missing value', { shape: [2], data: [1] }],
  ])('refuses a difference in %s', (_, actual) => {
    expect(() => expectClose(actual, one)).toThrow('expectClose');
  });
  test('refuses an expectation that zeros would pass', () => {
    const tiny = { shape: [1], data: [1e-4] };
    expect(() => expectClose(tiny, tiny, { atol: 1e-3 })).toThrow('zeros would pass');
  });
});

describeBackends('helpers', (backend) => {
  test('the backend is the one named', () => {
    expect(tf.getBackend()).toBe(backend);
  });
  test('toNHWC moves the channels last', () => {
    const x = toNHWC({ shape: [1, 2, 1, 2], data: [1, 2, 3, 4] });
    expect(Array.from(x.dataSync())).toEqual([1, 3, 2, 4]);
    x.dispose();
  });
  test('checkGradients accepts a right gradient and refuses a wrong one', () => {
    const x = toTensor({ shape: [3], data: [0.5, -1, 2] });
    const wrong = tf.customGrad((y) => ({
      value: tf.square(y as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => tf.mul(dy, 3),
    }));
    checkGradients((y) => tf.square(y), [x]);
    expect(() => checkGradients((y) => wrong(y), [x])).toThrow('expectClose');
    x.dispose();
  });
  test('expectNoLeak finds a leak', () => {
    const leaky = () => {
      tf.scalar(1);
      return tf.scalar(2);
    };
    expect(() => expectNoLeak(leaky)).toThrow('1 tensors');
    expectNoLeak(() => tf.scalar(1));
  });
  test('checkLayer accepts a stock layer', async () => {
    await checkLayer(() => layers.dense({ units: 3 }), [[4]]);
  });
});
