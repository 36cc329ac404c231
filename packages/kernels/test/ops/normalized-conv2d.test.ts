import {
  accelerate,
  batchNorm,
  batchNormInference,
  normalizedConv2d,
  normalizedConv2dInference,
  variableGradients,
} from '@fbsd/kernels';
import { checkGradients, describeBackends, expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { random } from '../support/reference.ts';
import { describeTensorFlow } from '../support/tensorflow.ts';

type Maps = tf.Tensor4D[];
type Vectors = [tf.Tensor1D, tf.Tensor1D];

/** One map and several, of odd numbers of channels, with filters of 1×1, 3×3 and 1×3. */
const cases = [
  { channels: [5], filter: [3, 3] },
  { channels: [3, 1, 4], filter: [1, 1] },
  { channels: [2, 7], filter: [1, 3] },
];
const FILTERS = 6;

interface Inputs {
  maps: Maps;
  statistics: Vectors;
  affine: Vectors;
  filter: tf.Tensor4D;
}

function makeInputs({ channels, filter }: (typeof cases)[number]): Inputs {
  const total = channels.reduce((a, b) => a + b);
  const vector = (name: string, shift: number) =>
    tf.tidy(() => tf.add(random<tf.Tensor1D>(name, [total]), shift)) as tf.Tensor1D;
  return {
    maps: channels.map((count, i) => random(`map${i}`, [2, 4, 3, count])),
    statistics: [vector('mean', 0), vector('variance', 1.5)],
    affine: [vector('gamma', 1.5), vector('beta', 0)],
    filter: random('filter', [...filter, total, FILTERS]),
  };
}

/** The same of the ops that it is made of. */
function composed(maps: Maps, affine: Vectors, filter: tf.Tensor4D) {
  const { y, ...statistics } = batchNorm(tf.concat(maps, 3), ...affine, { relu: true });
  return { y: tf.conv2d(y, filter, 1, 'same'), ...statistics };
}

function composedInference(maps: Maps, statistics: Vectors, affine: Vectors, filter: tf.Tensor4D) {
  const y = batchNormInference(tf.concat(maps, 3), ...statistics, ...affine, { relu: true });
  return tf.conv2d(y, filter, 1, 'same');
}

/** Takes a flat list of inputs, as tfjs's `grads` wants it, for functions of the ones above. */
const training =
  (f: typeof composed) =>
  (...inputs: tf.Tensor[]) => {
    const maps = inputs.slice(0, -3) as Maps;
    const [gamma, beta, filter] = inputs.slice(-3) as [...Vectors, tf.Tensor4D];
    return f(maps, [gamma, beta], filter).y as tf.Tensor;
  };
const inference =
  (f: typeof composedInference) =>
  (...inputs: tf.Tensor[]) => {
    const maps = inputs.slice(0, -5) as Maps;
    const [mean, variance, gamma, beta, filter] = inputs.slice(-5) as [
      ...Vectors,
      ...Vectors,
      tf.Tensor4D,
    ];
    return f(maps, [mean, variance], [gamma, beta], filter) as tf.Tensor;
  };
const op = training((maps, affine, filter) => normalizedConv2d(maps, ...affine, filter));
const opInference = inference((maps, statistics, affine, filter) =>
  normalizedConv2dInference(maps, ...statistics, ...affine, filter),
);

function body() {
  beforeAll(() => {
    accelerate();
  });
  afterAll(() => accelerate().restore());

  describe.each(cases)('maps of $channels channels, filter $filter', (shape) => {
    let inputs: Inputs;
    let train: tf.Tensor[];
    let evaluate: tf.Tensor[];
    beforeEach(() => {
      inputs = makeInputs(shape);
      const { maps, statistics, affine, filter } = inputs;
      train = [...maps, ...affine, filter];
      evaluate = [...maps, ...statistics, ...affine, filter];
    });
    afterEach(() => tf.dispose([train, evaluate]));

    test('values are those of concatenation, batch norm, ReLU and convolution', () => {
      tf.tidy(() => {
        const { maps, statistics, affine, filter } = inputs;
        const actual = normalizedConv2d(maps, ...affine, filter);
        const expected = composed(maps, affine, filter);
        expectClose(actual.y, expected.y);
        expectClose(actual.mean, expected.mean);
        expectClose(actual.variance, expected.variance);
        expectClose(
          normalizedConv2dInference(maps, ...statistics, ...affine, filter),
          composedInference(maps, statistics, affine, filter),
        );
      });
    });

    test('gradients are theirs', () => {
      tf.tidy(() => {
        const dy = random('dy', [2, 4, 3, FILTERS]);
        const compare = (actual: tf.Tensor[], expected: tf.Tensor[]) => {
          expect(actual).toHaveLength(expected.length);
          expected.forEach((gradient, i) => {
            expectClose(actual[i] as tf.Tensor, gradient, { rtol: 1e-3, atol: 1e-4 });
          });
        };
        compare(tf.grads(op)(train, dy), tf.grads(training(composed))(train, dy));
        compare(
          tf.grads(opInference)(evaluate, dy),
          tf.grads(inference(composedInference))(evaluate, dy),
        );
      });
    });

    test('leaves no tensor behind, with and without a gradient', () => {
      const { maps, statistics, affine, filter } = inputs;
      expectNoLeak(() => ({ ...normalizedConv2d(maps, ...affine, filter) }));
      expectNoLeak(() => normalizedConv2dInference(maps, ...statistics, ...affine, filter));
      expectNoLeak(() => tf.grads(op)(train));
      expectNoLeak(() => tf.grads(opInference)(evaluate));
    });
  });

  test('the statistics carry no gradient', () => {
    tf.tidy(() => {
      const { maps, affine, filter } = makeInputs(cases[1] as (typeof cases)[number]);
      const gradient = (withStatistics: boolean) =>
        tf.grad((x: tf.Tensor) => {
          const all = [x as tf.Tensor4D, ...maps.slice(1)];
          const { y, mean, variance } = normalizedConv2d(all, ...affine, filter);
          const statistics = tf.add(tf.sum(mean), tf.sum(variance));
          return withStatistics ? tf.add(tf.sum(tf.square(y)), statistics) : tf.sum(tf.square(y));
        })(maps[0] as tf.Tensor);
      expectClose(gradient(true), gradient(false));
    });
  });

  test('a dense block: each layer reads all maps before it, and the gradient frees them once', () => {
    const growth = 3;
    const depth = 4;
    const start = 2;
    const image = random<tf.Tensor4D>('image', [2, 4, 4, start]);
    const weights = Array.from({ length: depth }, (_, i) => {
      const channels = start + i * growth;
      return tf.tidy(() => [
        tf.variable(tf.add(random<tf.Tensor1D>(`gamma${i}`, [channels]), 1.5)),
        tf.variable(random<tf.Tensor1D>(`beta${i}`, [channels])),
        tf.variable(random<tf.Tensor4D>(`filter${i}`, [3, 3, channels, growth])),
      ]) as [tf.Variable<tf.Rank.R1>, tf.Variable<tf.Rank.R1>, tf.Variable<tf.Rank.R4>];
    });
    const entry = tf.tidy(() => tf.variable(random<tf.Tensor4D>('entry', [1, 1, start, start])));
    const loss = (layer: typeof composed) => () => {
      let maps: Maps = [tf.conv2d(image, entry, 1, 'same')];
      for (const [gamma, beta, filter] of weights) {
        maps = [...maps, layer(maps, [gamma, beta], filter).y];
      }
      return tf.mean(tf.square(tf.concat(maps, 3))) as tf.Scalar;
    };
    const variables = [entry, ...weights.flat()];
    const own = loss((maps, affine, filter) => normalizedConv2d(maps, ...affine, filter));
    const expected = tf.variableGrads(loss(composed), variables);
    for (const differentiate of [tf.variableGrads, variableGradients]) {
      const actual = differentiate(own, variables);
      expectClose(actual.value, expected.value);
      for (const [name, gradient] of Object.entries(expected.grads)) {
        expectClose(actual.grads[name] as tf.Tensor, gradient, { rtol: 1e-3, atol: 1e-5 });
      }
      tf.dispose([actual.value, actual.grads]);
    }
    expectNoLeak(() => variableGradients(own, variables));
    tf.dispose([image, variables, expected.value, expected.grads]);
  });

  test('of full size, the maps alone are held for the backward pass', () => {
    const channels = 12;
    const maps = [0, 1, 2].map((i) => random<tf.Tensor4D>(`map${i}`, [2, 16, 16, channels / 3]));
    const affine = [tf.ones([channels]), tf.zeros([channels])] as Vectors;
    const filter = random<tf.Tensor4D>('filter', [1, 1, channels, 1]);
    // Bytes between the passes: the gradient of what comes last comes first.
    const heldBy = (layer: typeof composed) => {
      let bytes = 0;
      const before = tf.memory().numBytes;
      const watched = tf.customGrad((y) => ({
        value: tf.clone(y as tf.Tensor),
        gradFunc: (dy: tf.Tensor) => {
          bytes = tf.memory().numBytes - before;
          return tf.clone(dy);
        },
      }));
      tf.dispose(tf.grads((...xs) => watched(layer(xs as Maps, affine, filter).y))(maps));
      return bytes;
    };
    const size = maps.reduce((sum, map) => sum + 4 * map.size, 0);
    expect(heldBy(composed)).toBeGreaterThan(3 * size);
    const own = heldBy((xs, vectors, kernel) => normalizedConv2d(xs, ...vectors, kernel));
    expect(own).toBeGreaterThan(size);
    expect(own).toBeLessThan(1.4 * size); // a twelfth each for the output and its gradient
    tf.dispose([maps, affine, filter]);
  });

  test('refuses what does not fit', () => {
    tf.tidy(() => {
      const { maps, affine, filter } = makeInputs(cases[1] as (typeof cases)[number]);
      const call = (...changed: Parameters<typeof normalizedConv2d>) => {
        return () => normalizedConv2d(...changed);
      };
      const short = tf.ones<tf.Rank.R1>([7]);
      const even = tf.ones<tf.Rank.R4>([2, 2, 8, 1]);
      expect(call([], ...affine, filter)).toThrow('at least one');
      expect(call([...maps, tf.ones([2, 4, 4, 1])], ...affine, filter)).toThrow('one B, H and W');
      expect(call(maps, short, affine[1], filter)).toThrow('gamma must be float32 [8]');
      expect(call(maps, ...affine, even)).toThrow('filter must be float32 [h,w,8,filters]');
      expect(call(maps, ...affine, filter, { epsilon: -1 })).toThrow('epsilon must be 0 or more');
      expect(() => normalizedConv2dInference(maps, short, short, ...affine, filter)).toThrow(
        '[@fbsd/kernels] normalizedConv2dInference: mean must be float32 [8]',
      );
    });
  });
}

describeBackends('normalizedConv2d', () => {
  body();

  test.each([
    ['the batch', op, false],
    ['given statistics', opInference, true],
  ] as const)('gradients by finite differences, normalised by %s', (_, f, given) => {
    const { maps, statistics, filter } = makeInputs(cases[1] as (typeof cases)[number]);
    // Far enough on one side of the ReLU's kink or the other, by channel.
    const gamma = tf.tensor1d([1, 0.8, 1.2, 0.9, 1, 1.1, 0.7, 1]);
    const beta = tf.tensor1d([5, -5, 4, 5, -4, 6, 5, 5]);
    const inputs = [...maps, ...(given ? statistics : []), gamma, beta, filter];
    checkGradients(f, inputs, { rtol: 2e-2 });
    tf.dispose([maps, statistics, filter, gamma, beta]);
  });

  test('has first derivatives only', () => {
    const { maps, statistics, filter } = makeInputs(cases[1] as (typeof cases)[number]);
    const [gamma, beta] = statistics;
    const first = (x: tf.Tensor) =>
      tf.grad((x) =>
        tf.sum(tf.square(op(x, ...maps.slice(1), gamma as tf.Tensor, beta as tf.Tensor, filter))),
      )(x);
    const second = tf.grad((x: tf.Tensor) => tf.sum(tf.square(first(x))));
    expect(() => tf.tidy(() => second(maps[0] as tf.Tensor))).toThrow(/derivatives only|gradient/);
  });
});

describeTensorFlow('normalizedConv2d', () => {
  beforeAll(async () => {
    await tf.setBackend('tensorflow');
  });
  body();
});
