import { accelerate, sgdStep, updateMovingStatistics } from '@fbsd/kernels';
import { expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { jest } from '@jest/globals';
import type { WasmBackend } from '../../../src/backends/wasm/backend.ts';
import { moduleOf } from '../../../src/backends/wasm/module.ts';
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

describe('SGD in place', () => {
  const parameter = (values: number[]) => ({
    weight: tf.tidy(() => tf.variable(tf.tensor1d(values))),
    velocity: tf.tidy(() => tf.variable(tf.zeros([values.length]), false)),
    gradient: tf.ones([values.length]),
  });
  const rates = { learningRate: 1 };

  test('leaves what shares values that still lie on another backend', async () => {
    await tf.setBackend('cpu');
    const moving = parameter([1, 2, 3]);
    const shared = tf.clone(moving.weight);
    await tf.setBackend('wasm');
    sgdStep([moving], rates);
    expect([...moving.weight.dataSync()]).toEqual([0, 1, 2]);
    expect([...shared.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([...Object.values(moving), shared]);
  });

  test('moves nothing, and holds nothing, where there is no room for all', () => {
    const [own, other] = [parameter([1, 2]), parameter([3, 4])];
    const shared = tf.clone(other.weight); // so that it needs a place of its own
    const backend = tf.backend() as WasmBackend;
    const full = jest.spyOn(moduleOf(backend), 'output').mockImplementation(() => {
      throw new Error('full');
    });
    expect(() => sgdStep([own, other], rates)).toThrow('full');
    full.mockRestore();
    expect([...own.weight.dataSync()]).toEqual([1, 2]);
    expect(backend.refCount(own.weight.dataId)).toBe(1);
    expect(backend.refCount(own.velocity.dataId)).toBe(1);
    tf.dispose([...Object.values(own), ...Object.values(other), shared]);
  });
});

describe('to the bit what the ops come to that it replaces', () => {
  const bits = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => tensor.dataSync());
  const statistics = (name: string) => ({
    mean: random<tf.Tensor1D>(`${name} mean`, [37]),
    variance: tf.abs(random<tf.Tensor1D>(`${name} variance`, [37])),
  });

  test('moving statistics', () => {
    tf.tidy(() => {
      const [old, now] = [statistics('old'), statistics('now')];
      const next = updateMovingStatistics(old, now, { count: 7, momentum: 0.3 });
      const blend = (a: tf.Tensor, b: tf.Tensor, weight: number) =>
        tf.add(tf.mul(a, 1 - 0.3), tf.mul(b, weight));
      const expected = [
        blend(old.mean, now.mean, 0.3),
        blend(old.variance, now.variance, (0.3 * 7) / 6),
      ];
      expect(bits([next.mean, next.variance])).toEqual(bits(expected));
    });
  });

  test('batch norm', () => {
    tf.tidy(() => {
      const x = random('x', [5, 7, 37]);
      const [gamma, beta] = [random<tf.Tensor1D>('gamma', [37]), random<tf.Tensor1D>('beta', [37])];
      const attrs = { epsilon: 1e-5, relu: true };
      const { y, mean, variance } = kernels.forward(x, gamma, beta, undefined, attrs);
      const [ownMean, ownVariance] = tf.unstack(kernels.moments(x)) as [tf.Tensor1D, tf.Tensor1D];
      const expected = kernels.normalize(x, ownMean, ownVariance, gamma, beta, undefined, attrs);
      expect(bits([y, mean, variance])).toEqual(bits([expected, ownMean, ownVariance]));
    });
  });
});
