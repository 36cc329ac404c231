import { checkGradients, describeBackends, expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { accelerate, batchNorm, batchNormInference } from '@fbsd/kernels';
import { random } from '../support/reference.ts';

const shapes = [
  [6, 5],
  [2, 3, 4, 7],
  [2, 5, 3],
];

describeBackends('batchNorm', () => {
  beforeAll(() => {
    accelerate();
  });
  afterAll(() => accelerate().restore());

  const inputs = (shape: number[]) => {
    const channels = [shape.at(-1) as number];
    return {
      x: tf.add(random('x', shape), 0.3),
      gamma: tf.add(random<tf.Tensor1D>('gamma', channels), 1.5) as tf.Tensor1D,
      beta: random<tf.Tensor1D>('beta', channels),
      residual: random('residual', shape),
    };
  };

  describe.each(shapes.map((shape) => ({ shape })))('x of shape $shape', ({ shape }) => {
    const axes = shape.slice(0, -1).map((_, i) => i);

    test.each([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ])('values with relu %s, residual %s', (relu, residual) => {
      tf.tidy(() => {
        const { x, gamma, beta, residual: added } = inputs(shape);
        const options = { relu, ...(residual && { residual: added }) };
        const actual = batchNorm(x, gamma, beta, options);
        const { mean, variance } = tf.moments(x, axes);
        expectClose(actual.mean, mean);
        expectClose(actual.variance, variance);
        const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
        const affine = tf.add(tf.mul(gamma, normalized), beta);
        const sum = residual ? tf.add(affine, added) : affine;
        const y = relu ? tf.relu(sum) : sum;
        expectClose(actual.y, y);
        expectClose(
          batchNormInference(x, mean as tf.Tensor1D, variance as tf.Tensor1D, gamma, beta, options),
          y,
        );
      });
    });

    test.each([false, true])('gradient by finite differences with relu %s', (relu) => {
      const { x, gamma, beta, residual } = inputs(shape);
      // The offset keeps what the ReLU passes, and what it stops, away from its kink.
      const away = tf.mul(tf.sign(residual), 9);
      checkGradients(
        (x, gamma, beta, r) =>
          batchNorm(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, {
            relu,
            residual: tf.add(r, away),
          }).y,
        [x, gamma, beta, residual],
      );
      tf.dispose([x, gamma, beta, residual, away]);
    });

    test.each([false, true])(
      'gradient equals that of the composed formula with relu %s',
      (relu) => {
        tf.tidy(() => {
          const { x, gamma, beta } = inputs(shape);
          const dy = random('dy', shape);
          const composed = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
            const { mean, variance } = tf.moments(x, axes);
            const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
            const y = tf.add(tf.mul(gamma, normalized), beta);
            return relu ? tf.relu(y) : y;
          };
          const expected = tf.grads(composed)([x, gamma, beta], dy);
          const actual = tf.grads(
            (x, gamma, beta) => batchNorm(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, { relu }).y,
          )([x, gamma, beta], dy);
          expected.forEach((gradient, i) => {
            expectClose(actual[i] as tf.Tensor, gradient, { rtol: 1e-3, atol: 1e-4 });
          });
        });
      },
    );
  });

  test('large values against their spread', () => {
    tf.tidy(() => {
      const x = tf.add(random('spread', [400, 3]), 100);
      const { y, variance } = batchNorm(x, tf.ones([3]), tf.zeros([3]));
      const moments = tf.moments(y, 0);
      expectClose(moments.variance, tf.ones([3]), { rtol: 1e-3 });
      expect(Math.max(...tf.abs(moments.mean).dataSync())).toBeLessThan(1e-3);
      expectClose(variance, tf.moments(random('spread', [400, 3]), 0).variance, { rtol: 1e-3 });
    });
  });

  test('a NaN shows in the output', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, Number.NaN, 2, 3], [2, 2]);
      const { y, mean } = batchNorm(x, tf.ones([2]), tf.zeros([2]), { relu: true });
      expect(mean.dataSync()[1]).toBeNaN();
      expect(y.dataSync()[1]).toBeNaN();
      expect(y.dataSync()[2]).toBeCloseTo(1, 3);
    });
  });

  test('the statistics carry no gradient', () => {
    tf.tidy(() => {
      const { x, gamma, beta } = inputs([6, 5]);
      const y = (x: tf.Tensor) => batchNorm(x, gamma, beta);
      const loss = (x: tf.Tensor) => tf.sum(tf.mul(y(x).y, gamma));
      const mixed = (x: tf.Tensor) => {
        const { y, mean, variance } = batchNorm(x, gamma, beta);
        return tf.add(tf.sum(tf.mul(y, gamma)), tf.add(tf.sum(mean), tf.sum(variance)));
      };
      const weight = tf.mul(gamma, random('w', [6, 5]));
      const actual = tf.grad((x: tf.Tensor) => tf.add(mixed(x), tf.sum(tf.mul(x, weight))))(x);
      const expected = tf.grad((x: tf.Tensor) => tf.add(loss(x), tf.sum(tf.mul(x, weight))))(x);
      expectClose(actual, expected);
    });
  });

  test('has first derivatives only, and says so', () => {
    tf.tidy(() => {
      const { x, gamma, beta } = inputs([6, 5]);
      const first = tf.grad((x: tf.Tensor) => tf.sum(tf.pow(batchNorm(x, gamma, beta).y, 3)));
      const second = tf.grad((x: tf.Tensor) => tf.sum(tf.square(first(x))));
      expect(() => second(x)).toThrow(
        /batchNorm has first derivatives only|gradient function not found for FbsdBatchNormGradient/,
      );
    });
  });

  test('leaves no tensor behind, with and without a gradient', () => {
    const { x, gamma, beta, residual } = inputs([2, 3, 4, 7]);
    expectNoLeak(() => ({ ...batchNorm(x, gamma, beta, { relu: true, residual }) }));
    expectNoLeak(() =>
      tf.grads(
        (x, g, b, r) =>
          batchNorm(x, g as tf.Tensor1D, b as tf.Tensor1D, { relu: true, residual: r }).y,
      )([x, gamma, beta, residual]),
    );
    expectNoLeak(() => batchNormInference(x, beta, gamma, gamma, beta, { relu: true, residual }));
    tf.dispose([x, gamma, beta, residual]);
  });

  test('refuses what does not fit', () => {
    tf.tidy(() => {
      const { x, gamma, beta } = inputs([6, 5]);
      expect(() => batchNorm(x, tf.ones([4]), beta)).toThrow('gamma must be float32 [5]');
      expect(() => batchNorm(tf.ones([5]), gamma, beta)).toThrow('rank 2 or more');
      expect(() => batchNorm(x, gamma, beta, { residual: tf.ones([5, 6]) })).toThrow('residual');
      expect(() => batchNorm(x, gamma, beta, { epsilon: Number.NaN })).toThrow('epsilon');
      expect(() => batchNormInference(x, tf.ones([2]), gamma, gamma, beta)).toThrow('mean must be');
    });
  });
});

describeBackends('the gradient of tf.batchNorm', () => {
  beforeAll(() => {
    accelerate();
  });
  afterAll(() => accelerate().restore());

  const EPSILON = 0.01;

  test.each([
    { shape: [6, 5], statistics: [5] },
    { shape: [2, 3, 4, 7], statistics: [7] },
    { shape: [9, 33, 3], statistics: [3] },
    { shape: [2, 3, 2, 5], statistics: [2, 3, 2, 5] },
    { shape: [3, 5], statistics: [3, 5] },
  ])('x of shape $shape, statistics $statistics', ({ shape, statistics }) => {
    tf.tidy(() => {
      const values = [
        tf.add(random('x', shape), 2),
        random('mean', statistics),
        tf.add(random('variance', statistics), 1.5),
        random('offset', statistics),
        tf.add(random('scale', statistics), 2),
      ];
      const dy = random('dy', shape);
      const composed = (x: tf.Tensor, m: tf.Tensor, v: tf.Tensor, b: tf.Tensor, g: tf.Tensor) =>
        tf.add(tf.mul(tf.mul(tf.sub(x, m), tf.rsqrt(tf.add(v, EPSILON))), g), b);
      const op = (x: tf.Tensor, m: tf.Tensor, v: tf.Tensor, b: tf.Tensor, g?: tf.Tensor) =>
        tf.batchNorm(
          x,
          m as tf.Tensor1D,
          v as tf.Tensor1D,
          b as tf.Tensor1D,
          g as tf.Tensor1D,
          EPSILON,
        );
      const expected = tf.grads(composed)(values, dy);
      const actual = tf.grads(op)(values, dy);
      expected.forEach((gradient, i) => {
        expectClose(actual[i] as tf.Tensor, gradient, { rtol: 1e-4, atol: 1e-5 });
      });
    });
  });

  test('leaves no tensor', () => {
    const x = random('x', [4, 3]);
    const ones = tf.ones<tf.Rank.R1>([3]);
    const gradient = tf.grad((x) => tf.batchNorm(x, ones, ones, ones, ones));
    expectNoLeak(() => gradient(x));
    tf.dispose([x, ones]);
  });
});

test('made of stock ops, batchNormInference has second derivatives', async () => {
  await tf.setBackend('cpu');
  tf.tidy(() => {
    const x = random('x', [6, 5]);
    const [mean, gamma, beta] = ['mean', 'gamma', 'beta'].map((name) => random(name, [5])) as [
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    const variance = tf.abs(gamma) as tf.Tensor1D;
    const ours = (x: tf.Tensor) => batchNormInference(x, mean, variance, gamma, beta);
    const plain = (x: tf.Tensor) =>
      tf.add(tf.mul(tf.sub(x, mean), tf.div(gamma, tf.sqrt(tf.add(variance, 1e-5)))), beta);
    const second = (f: typeof ours) => {
      const first = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(f(x), tf.square(f(x)))));
      return tf.grad((x: tf.Tensor) => tf.sum(tf.square(first(x))))(x);
    };
    expectClose(second(ours), second(plain), { rtol: 1e-3 });
  });
});
