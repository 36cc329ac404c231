import { accelerate } from '@fbsd/kernels';
import { expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import * as fallback from '../../../src/ops/batch-norm-fallback.ts';
import * as kernels from '../../../src/ops/batch-norm-kernels.ts';
import { random } from '../../support/reference.ts';
import { afterTwoSteps, options, shapes } from '../../support/sgd-cases.ts';
import { guardKernels } from '../../support/wasm.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
  accelerate();
});
afterAll(() => accelerate().restore());
guardKernels();

// Rows beyond one block of the kernels; channels that are, and are not, multiples of the SIMD width.
describe.each([[[5000, 3]], [[700, 33]], [[9, 1029]], [[2, 33, 35, 20]], [[3, 4]]])(
  'batch norm kernels at %j',
  (shape) => {
    const make = () => {
      const channels = [shape.at(-1) as number];
      return {
        x: tf.add(random('x', shape), 2),
        dy: random('dy', shape),
        gamma: random<tf.Tensor1D>('gamma', channels),
        beta: random<tf.Tensor1D>('beta', channels),
        residual: random('residual', shape),
      };
    };

    test('moments equal the fallback', () => {
      tf.tidy(() => {
        const { x } = make();
        expectClose(kernels.moments(x), fallback.moments(x), { rtol: 1e-5 });
      });
    });

    test.each([
      [false, false],
      [true, true],
    ])('values and gradients equal the composition with relu %s, residual %s', (relu, added) => {
      tf.tidy(() => {
        const { x, dy, gamma, beta, residual } = make();
        const [mean, variance] = tf.unstack(fallback.moments(x)) as [tf.Tensor1D, tf.Tensor1D];
        const options = { epsilon: 1e-5, relu };
        const inputs = [x, mean, variance, gamma, beta, added ? residual : undefined] as const;
        const y = fallback.normalize(...inputs, options);
        expectClose(kernels.normalize(...inputs, options), y, { rtol: 1e-5, atol: 1e-5 });

        const saved = [dy, x, mean, variance, gamma, relu ? y : undefined] as const;
        const attrs = { epsilon: 1e-5, residual: added };
        const expected = fallback.backward(...saved, attrs);
        const actual = kernels.backward(...saved, attrs);
        expect(Object.keys(actual)).toEqual(Object.keys(expected));
        const size = tf.max(tf.abs(expected.x)).dataSync()[0] as number;
        expectClose(actual.x, expected.x, { rtol: 1e-4, atol: 1e-5 * size });
        expectClose(actual.gamma, expected.gamma, { rtol: 1e-3, atol: 1e-3 });
        expectClose(actual.beta, expected.beta, { rtol: 1e-4, atol: 1e-4 });
        if (added) expectClose(actual.residual as tf.Tensor, expected.residual as tf.Tensor);

        const fixed = fallback.normalizeBackward(...saved, attrs);
        kernels.normalizeBackward(...saved, attrs).forEach((gradient, i) => {
          const tolerance = { rtol: 1e-3, atol: 1e-3 };
          expectClose(gradient, fixed[i] as tf.Tensor, tolerance);
        });
      });
    });
  },
);

test('sgdStep equals the composition', () => {
  tf.tidy(() => {
    const actual = afterTwoSteps(shapes, options);
    accelerate().restore();
    const expected = afterTwoSteps(shapes, options);
    accelerate();
    actual.forEach((tensor, i) => {
      expectClose(tensor, expected[i] as tf.Tensor, { rtol: 1e-5 });
    });
  });
});

describe('relu', () => {
  test('gradient passes where the output is positive, and NaN', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-1, 0, 2, Number.NaN, Number.POSITIVE_INFINITY, -0.5, 1e-30]);
      const dy = tf.tensor1d([1, 2, 3, 4, 5, 6, 7]);
      const [stopped, zero, positive, , infinite, negative, tiny] = tf
        .grad((x: tf.Tensor) => tf.relu(x))(x, dy)
        .dataSync();
      expect([stopped, zero, positive, infinite, negative, tiny]).toEqual([0, 0, 3, 5, 0, 7]);
    });
  });

  test('has a second derivative', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-2, 0.5, 3]);
      const cube = (x: tf.Tensor) => tf.mul(tf.square(tf.relu(x)), tf.relu(x));
      const slope = (x: tf.Tensor) => tf.grad(cube)(x);
      expectClose(tf.grad(slope)(x), { shape: [3], data: [0, 3, 18] });
    });
  });
});

describe('exp', () => {
  test('is within 2 units in the last place, down to the smallest numbers', () => {
    tf.tidy(() => {
      const x = Float32Array.from({ length: 20_001 }, (_, i) => -103 + (i * 191.7) / 20_000);
      const y = tf.exp(tf.tensor1d(x)).dataSync();
      x.forEach((value, i) => {
        const exact = Math.exp(value);
        const unit = 2 ** Math.max(-149, Math.floor(Math.log2(exact)) - 23);
        expect(Math.abs((y[i] as number) - exact)).toBeLessThanOrEqual(2 * unit);
      });
    });
  });

  test('of the extremes', () => {
    tf.tidy(() => {
      const infinity = Number.POSITIVE_INFINITY;
      const y = tf.exp(tf.tensor1d([0, -infinity, infinity, Number.NaN, -200, 200, 88.8]));
      expect(Array.from(y.dataSync())).toEqual([1, 0, infinity, Number.NaN, 0, infinity, infinity]);
      expect(tf.exp(tf.tensor1d([1, 2], 'int32')).dataSync()[1]).toBeCloseTo(Math.exp(2), 5);
    });
  });
});
