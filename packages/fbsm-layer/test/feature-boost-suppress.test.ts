import {
  type FeatureBoostSuppressOptions,
  type FeatureBoostSuppressWeights,
  featureBoostSuppress,
} from '@fbsd/fbsm';
import {
  checkGradients,
  describeBackends,
  expectClose,
  expectNoLeak,
  parameter,
  signal,
  toTensor,
} from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { reference } from './reference.ts';

type Shape4D = [number, number, number, number];
type Trainable = [tf.Tensor4D, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

const map = (shape: Shape4D, name = 'x') => toTensor<tf.Tensor4D>(signal(name, shape));

function makeWeights(channels: number): Required<FeatureBoostSuppressWeights> {
  const kernel = toTensor(parameter('kernel.weight', [1, channels, 1, 1]));
  return {
    kernel: tf.reshape(kernel, [1, 1, channels, 1]),
    bias: toTensor(parameter('conv.bias', [1])),
    gamma: toTensor(parameter('bn.weight', [1])),
    beta: toTensor(parameter('bn.bias', [1])),
    movingMean: toTensor(parameter('bn.running_mean', [1])),
    movingVariance: toTensor(parameter('bn.running_var', [1])),
  };
}

/** Both maps weighted and summed, as a function of what has a gradient. */
function loss(
  f: typeof featureBoostSuppress | typeof reference,
  { movingMean, movingVariance }: Required<FeatureBoostSuppressWeights>,
  options: FeatureBoostSuppressOptions,
) {
  return (...[x, kernel, bias, gamma, beta]: Trainable) => {
    const weights = { kernel, bias, gamma, beta, movingMean, movingVariance };
    const { boosted, suppressed } = f(x, weights, options);
    const up = map(x.shape, 'boosted');
    const down = map(x.shape, 'suppressed');
    return tf.add(tf.sum(tf.mul(boosted, up)), tf.sum(tf.mul(suppressed, down)));
  };
}

const CASES: [string, Shape4D, FeatureBoostSuppressOptions][] = [
  ['even strips', [2, 8, 5, 6], { parts: 4 }],
  ['uneven strips', [2, 7, 5, 6], { parts: 3, alpha: 0.8, beta: 0.3 }],
  ['uneven strips of the width', [3, 4, 10, 5], { parts: 4, axis: 'width', epsilon: 1e-2 }],
  ['one strip', [2, 3, 4, 5], { parts: 1, alpha: 2 }],
  ['strips of one row', [2, 3, 4, 1], { parts: 3 }],
  ['one position', [4, 1, 1, 3], { parts: 1 }],
];

describeBackends('featureBoostSuppress', () => {
  describe.each([true, false])('equals the strip-by-strip composition, training %s', (training) => {
    test.each(CASES)('%s', (_, shape, options) => {
      tf.tidy(() => {
        const weights = makeWeights(shape[3]);
        const x = map(shape);
        const actual = featureBoostSuppress(x, weights, { ...options, training });
        const expected = reference(x, weights, { ...options, training });
        expectClose(actual.boosted, expected.boosted);
        expectClose(actual.suppressed, expected.suppressed);
        expectClose(actual.probabilities, expected.probabilities);
        expect(actual.mean === undefined).toBe(!training);
        if (actual.mean) expectClose(actual.mean, expected.mean);
        if (actual.variance) expectClose(actual.variance, expected.variance);
      });
    });
  });

  describe('gradient', () => {
    describe.each([true, false])('training %s', (training) => {
      test.each(CASES)('equals that of the strip-by-strip composition: %s', (_, shape, options) => {
        tf.tidy(() => {
          const weights = makeWeights(shape[3]);
          const { kernel, bias, gamma, beta } = weights;
          const inputs = [map(shape), kernel, bias, gamma, beta] as Trainable;
          const all = { ...options, training };
          const gradients = (f: typeof featureBoostSuppress | typeof reference) =>
            tf.grads(loss(f, weights, all) as (...xs: tf.Tensor[]) => tf.Scalar)(inputs);
          const actual = gradients(featureBoostSuppress);
          const expected = gradients(reference);
          const size = Math.max(...expected.map((g) => tf.max(tf.abs(g)).dataSync()[0] as number));
          expected.forEach((g, i) => {
            // A gradient that is zero by nature is rounding noise in the composition.
            const largest = tf.max(tf.abs(g)).dataSync()[0] as number;
            if (largest > 1e-5 * size) expectClose(actual[i] as tf.Tensor, g, { rtol: 1e-4 });
            else
              expect(tf.max(tf.abs(actual[i] as tf.Tensor)).dataSync()[0]).toBeLessThan(
                1e-5 * size,
              );
          });
        });
      });
    });

    test.each(CASES.slice(0, 3))('by finite differences: %s', (_, shape, options) => {
      tf.tidy(() => {
        const small: Shape4D = [2, shape[1], shape[2], 2];
        const weights = makeWeights(2);
        const { kernel, bias, gamma, beta } = weights;
        for (const training of [true, false]) {
          const f = (...[x, k, g, s, b = bias]: tf.Tensor[]) => {
            const moved = { ...weights, kernel: k, bias: b, gamma: g, beta: s };
            const { boosted } = featureBoostSuppress(
              x as tf.Tensor4D,
              moved as FeatureBoostSuppressWeights,
              { ...options, training },
            );
            return tf.sub(boosted, x as tf.Tensor); // the gate's share: x alone adds rounding only
          };
          const inputs = [map(small), kernel, gamma, beta];
          if (!training) inputs.push(bias); // its gradient is zero in training
          // Smaller steps drown in rounding, larger ones cross kinks of the ReLU.
          checkGradients(f, inputs, { step: 4e-3 });
        }
      });
    });

    test('the width of a map is the height of its transpose', () => {
      tf.tidy(() => {
        const weights = makeWeights(6);
        const { kernel, bias, gamma, beta } = weights;
        const x = map([2, 4, 7, 6]);
        const flip = (t: tf.Tensor) => tf.transpose(t, [0, 2, 1, 3]) as tf.Tensor4D;
        const along = (axis: 'height' | 'width', turn: (t: tf.Tensor) => tf.Tensor4D) => {
          const options = { parts: 3, training: true, axis } as const;
          const run = (...[y, k, b, g, s]: tf.Tensor[]) => {
            const moved = { ...weights, kernel: k, bias: b, gamma: g, beta: s };
            const result = featureBoostSuppress(
              turn(y as tf.Tensor),
              moved as Required<FeatureBoostSuppressWeights>,
              options,
            );
            return tf.stack([turn(result.boosted), turn(result.suppressed)]);
          };
          const inputs = [x, kernel, bias, gamma, beta];
          const upstream = toTensor(signal('dy', [2, ...x.shape]));
          return [run(...inputs), ...tf.grads(run)(inputs, upstream)];
        };
        const width = along('width', (t) => t as tf.Tensor4D);
        const height = along('height', flip);
        expect(width).toHaveLength(6);
        for (const i of [0, 1, 2, 4, 5]) {
          expectClose(width[i] as tf.Tensor, height[i] as tf.Tensor, { rtol: 1e-5 });
        }
        expect(Array.from((width[3] as tf.Tensor).dataSync())).toEqual([0]); // bias
      });
    });

    test('no gradient flows through the choice of the suppressed strip', () => {
      tf.tidy(() => {
        const weights = makeWeights(6);
        const x = map([2, 8, 5, 6]);
        const options = { parts: 4, training: true } as const;
        const f = (y: tf.Tensor) =>
          featureBoostSuppress(y as tf.Tensor4D, weights, options).suppressed;
        const dy = map([2, 8, 5, 6], 'dy');
        const gate = tf.div(f(x), x); // s itself
        expectClose(tf.grad(f)(x, dy), tf.mul(dy, gate), { rtol: 1e-5 });
      });
    });

    test.each([true, false])('is of first order only, and says so, training %s', (training) => {
      tf.tidy(() => {
        const weights = makeWeights(6);
        const x = map([2, 8, 5, 6]);
        const first = tf.grad((x: tf.Tensor) =>
          tf.sum(
            tf.square(
              featureBoostSuppress(x as tf.Tensor4D, weights, { parts: 4, training }).boosted,
            ),
          ),
        );
        const second = tf.grad((x: tf.Tensor) => tf.sum(tf.square(first(x))));
        expect(() => second(x)).toThrow(
          '[@fbsd/fbsm] featureBoostSuppress has first derivatives only',
        );
      });
    });

    test('survives the scope in which the op ran', () => {
      tf.tidy(() => {
        const weights = makeWeights(3);
        const f = (x: tf.Tensor) =>
          tf.tidy(() => {
            const doubled = tf.mul(x, 2) as tf.Tensor4D; // disposed before the gradient runs
            return featureBoostSuppress(doubled, weights, { parts: 2, training: true }).boosted;
          });
        const g = (x: tf.Tensor) =>
          featureBoostSuppress(tf.mul(x, 2), weights, { parts: 2, training: true }).boosted;
        const x = map([2, 4, 3, 3]);
        expectClose(tf.grad(f)(x), tf.grad(g)(x), { rtol: 1e-6 });
      });
    });
  });

  describe('properties', () => {
    test('alpha = 0 and beta = 0 leave the map as it is', () => {
      tf.tidy(() => {
        const x = map([2, 7, 3, 4]);
        const options = { parts: 3, alpha: 0, beta: 0 };
        const { boosted, suppressed } = featureBoostSuppress(x, makeWeights(4), options);
        expect(boosted.dataSync()).toEqual(x.dataSync());
        expect(suppressed.dataSync()).toEqual(x.dataSync());
      });
    });

    test('every strip of a tie is suppressed', () => {
      tf.tidy(() => {
        // Strips 0 and 2 hold the same positive values, strip 1 negative ones.
        const row = tf.ones([1, 1, 2, 3]);
        const x = tf.concat([row, tf.neg(row), row], 1) as tf.Tensor4D;
        const weights = { ...makeWeights(3), kernel: tf.ones([1, 1, 3, 1]) };
        const { suppressed, probabilities } = featureBoostSuppress(x, weights, {
          parts: 3,
          beta: 0.25,
        });
        const [first, second, third] = probabilities.dataSync();
        expect(first).toBe(third);
        expect(first).toBeGreaterThan(second as number);
        const expected = tf.concat([tf.mul(row, 0.75), tf.neg(row), tf.mul(row, 0.75)], 1);
        expect(suppressed.dataSync()).toEqual(expected.dataSync());
      });
    });

    test('one strip has probability 1: boosted by 1 + alpha, suppressed by 1 - beta', () => {
      tf.tidy(() => {
        const x = map([2, 3, 4, 5]);
        const options = { parts: 1, alpha: 0.75, beta: 0.25, training: true } as const;
        const { boosted, suppressed } = featureBoostSuppress(x, makeWeights(5), options);
        expectClose(boosted, tf.mul(x, 1.75), { rtol: 1e-6 });
        expectClose(suppressed, tf.mul(x, 0.75), { rtol: 1e-6 });
      });
    });
  });

  describe('errors', () => {
    const run = (shape: Shape4D, options: object, weights = {}) =>
      tf.tidy(() => {
        const all = { ...makeWeights(4), ...weights };
        featureBoostSuppress(tf.ones(shape), all, options as FeatureBoostSuppressOptions);
      });

    test.each<[object, string]>([
      [{}, 'parts must be an integer of at least 1; got undefined.'],
      [{ parts: 2.5 }, 'parts must be an integer of at least 1; got 2.5.'],
      [{ parts: 0 }, 'parts must be an integer of at least 1; got 0.'],
      [{ parts: 2, alpha: Number.NaN }, 'alpha must be a number of at least 0; got NaN.'],
      [{ parts: 2, alpha: -1 }, 'alpha must be a number of at least 0; got -1.'],
      [{ parts: 2, beta: 1.5 }, 'beta must be a number from 0 to 1; got 1.5.'],
      [{ parts: 2, axis: 'depth' }, "axis must be 'height' or 'width'; got 'depth'."],
      [{ parts: 2, epsilon: 0 }, 'epsilon must be a number above 0; got 0.'],
    ])('refuses the options %j', (options, message) => {
      expect(() => run([1, 4, 4, 4], options)).toThrow(
        new RangeError(`[@fbsd/fbsm] featureBoostSuppress: ${message}`),
      );
    });

    test('refuses a map of another rank', () => {
      expect(() => run([4, 4, 4] as never, { parts: 2 })).toThrow(
        new RangeError(
          '[@fbsd/fbsm] featureBoostSuppress: expects a map of rank 4, [batch,height,width,channels]; ' +
            'got [4,4,4] (rank 3). Reshape the input.',
        ),
      );
    });

    test('refuses more strips than positions along the axis', () => {
      expect(() => run([1, 8, 3, 4], { parts: 4, axis: 'width' })).toThrow(
        new RangeError(
          '[@fbsd/fbsm] featureBoostSuppress: parts=4 needs a width of at least 4; ' +
            'got input [1,8,3,4] (width 3). Use fewer parts or a larger input.',
        ),
      );
    });

    test('refuses a kernel for another number of channels', () => {
      expect(() => run([1, 4, 4, 3], { parts: 2 })).toThrow(
        new RangeError(
          '[@fbsd/fbsm] featureBoostSuppress: a map of 3 channels needs a kernel [1,1,3,1]; ' +
            'got [1,1,4,1]. Use the kernel that belongs to this map.',
        ),
      );
    });

    test('refuses integers', () => {
      expect(() =>
        tf.tidy(() =>
          featureBoostSuppress(tf.ones([1, 4, 4, 4], 'int32'), makeWeights(4), { parts: 2 }),
        ),
      ).toThrow(
        new TypeError(
          '[@fbsd/fbsm] featureBoostSuppress: expects a float32 map; got int32 [1,4,4,4]. Cast the input.',
        ),
      );
    });

    test('refuses to evaluate without moving statistics', () => {
      expect(() => run([1, 4, 4, 4], { parts: 2 }, { movingMean: undefined })).toThrow(
        new Error(
          '[@fbsd/fbsm] featureBoostSuppress: evaluation needs movingMean and movingVariance; ' +
            'got weights without them. Give both, or set training: true.',
        ),
      );
    });

    test('refuses to train on a strip of one value', () => {
      expect(() => run([1, 3, 1, 4], { parts: 2, training: true })).toThrow(
        new RangeError(
          '[@fbsd/fbsm] featureBoostSuppress: training needs at least 2 values per strip, over batch ' +
            'and positions; got input [1,3,1,4] with parts=2 (1). ' +
            'Use a larger batch, a larger input or fewer parts.',
        ),
      );
    });
  });

  describe('memory', () => {
    test.each([true, false])('leaves nothing but its results, training %s', (training) => {
      const weights = tf.tidy(() => makeWeights(4));
      const x = map([2, 7, 3, 4]);
      const options = { parts: 3, training };
      const { kernel, bias, gamma, beta } = weights;
      expectNoLeak(() => featureBoostSuppress(x, weights, options));
      expectNoLeak(() =>
        tf.grads(loss(featureBoostSuppress, weights, options) as (...xs: tf.Tensor[]) => tf.Scalar)(
          [x, kernel, bias, gamma, beta],
        ),
      );
      const before = tf.memory().numTensors;
      expect(() => featureBoostSuppress(x, weights, { parts: 99 })).toThrow(RangeError);
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([x, weights]);
    });
  });
});
