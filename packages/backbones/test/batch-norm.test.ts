import { BatchNorm, batchNorm } from '@fbsd/backbones';
import {
  checkGradients,
  checkLayer,
  describeBackends,
  expectClose,
  expectNoLeak,
  signal,
  toTensor,
} from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { input, model } from '@tensorflow/tfjs-layers';

const shape = [2, 3, 4, 5];
const count = 2 * 3 * 4;

/** Mean and biased variance of every channel, in float64. */
function moments(data: ArrayLike<number>, channels: number) {
  const columns = Array.from({ length: channels }, (_, c) =>
    Array.from(data).filter((_, i) => i % channels === c),
  );
  return columns.map((column) => {
    const mean = column.reduce((a, b) => a + b) / column.length;
    return { mean, variance: column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length };
  });
}

describeBackends('BatchNorm', () => {
  describe('shape', () => {
    test('has four weights in the order gamma, beta, moving mean, moving variance', () => {
      const layer = batchNorm({ name: 'bn' });
      layer.apply(input({ shape: [4, 4, 7] }));
      expect(layer.weights.map((w) => w.originalName)).toEqual([
        'bn/gamma',
        'bn/beta',
        'bn/moving_mean',
        'bn/moving_variance',
      ]);
      expect(layer.trainableWeights).toHaveLength(2);
      layer.dispose();
    });
    test.each([[[6, 4, 3]], [[8]]])('conforms for input %j', async (inputShape) => {
      await checkLayer(() => batchNorm({ momentum: 0.2, activation: 'relu' }), [inputShape]);
    });
    test('conforms with a residual', async () => {
      await checkLayer(
        () => batchNorm({ activation: 'relu' }),
        [
          [6, 4, 3],
          [6, 4, 3],
        ],
      );
    });
  });

  describe('values', () => {
    test('training normalises by the batch and moves the running statistics as PyTorch', () => {
      const x = toTensor<tf.Tensor4D>(signal('bn.x', shape));
      const layer = batchNorm({ momentum: 0.25 });
      const y = layer.apply(x, { training: true }) as tf.Tensor4D;
      const expected = moments(x.dataSync(), 5);
      const normal = Float32Array.from(x.dataSync(), (v, i) => {
        const { mean, variance } = expected[i % 5] as { mean: number; variance: number };
        return (v - mean) / Math.sqrt(variance + 1e-5);
      });
      expectClose(y, { shape, data: normal });
      const [, , mean, variance] = layer.getWeights() as tf.Tensor[];
      expectClose(mean as tf.Tensor, { shape: [5], data: expected.map((m) => 0.25 * m.mean) });
      const unbiased = expected.map((m) => 0.75 + 0.25 * m.variance * (count / (count - 1)));
      expectClose(variance as tf.Tensor, { shape: [5], data: unbiased }, { rtol: 1e-5 });
      tf.dispose([x, y]);
      layer.dispose();
    });

    test('inference uses the running statistics and keeps them', () => {
      const x = toTensor<tf.Tensor4D>(signal('bn.x', shape));
      const layer = batchNorm({ activation: 'relu' });
      layer.apply([input({ shape: [3, 4, 5] }), input({ shape: [3, 4, 5] })]);
      const weights = ['gamma', 'beta', 'mean', 'variance'].map((name) =>
        toTensor(signal(`bn.${name}`, [5])),
      );
      const positive = [...weights.slice(0, 3), tf.add(tf.abs(weights[3] as tf.Tensor), 0.5)];
      layer.setWeights(positive as tf.Tensor[]);
      const residual = toTensor<tf.Tensor4D>(signal('bn.residual', shape));
      const y = layer.apply([x, residual], { training: false }) as tf.Tensor4D;
      const [g, b, m, v] = positive.map((w) => (w as tf.Tensor).dataSync()) as Float32Array[];
      const r = residual.dataSync();
      const data = Float32Array.from(x.dataSync(), (value, i) => {
        const c = i % 5;
        const at = (a: Float32Array | undefined) => (a as Float32Array)[c] as number;
        return Math.max(
          0,
          (at(g) * (value - at(m))) / Math.sqrt(at(v) + 1e-5) + at(b) + (r[i] as number),
        );
      });
      expectClose(y, { shape, data });
      expectClose(layer.getWeights()[2] as tf.Tensor, weights[2] as tf.Tensor);
      tf.dispose([x, y, residual, weights, positive[3] as tf.Tensor]);
      layer.dispose();
    });
  });

  test('gradient equals finite differences, residual and ReLU included', () => {
    const layer = batchNorm({ activation: 'relu' });
    const inputs = ['a', 'b'].map((name) => toTensor(signal(`bn.gradient.${name}`, [4, 3])));
    checkGradients(
      (x, r) => layer.apply([x as tf.Tensor, r as tf.Tensor], { training: true }) as tf.Tensor,
      inputs,
      { step: 1e-3, rtol: 3e-2 },
    );
    tf.dispose(inputs);
    layer.dispose();
  });

  test('memory: training leaves only its output', () => {
    const layer = batchNorm({ activation: 'relu' });
    const x = tf.ones([2, 4, 4, 3]);
    expectNoLeak(() => layer.apply(x, { training: true }) as tf.Tensor);
    expectNoLeak(() => tf.grad((x) => layer.apply(x, { training: true }) as tf.Tensor)(x));
    tf.dispose(x);
    layer.dispose();
  });
});

describe('BatchNorm errors', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  test.each([
    [{ epsilon: 0 }, 'epsilon must be above 0; got 0'],
    [{ momentum: 1.5 }, 'momentum must be from 0 to 1; got 1.5'],
    [{ activation: 'gelu' as 'relu' }, "activation must be 'linear' or 'relu'; got 'gelu'"],
  ])('refuses %j', (args, message) => {
    expect(() => new BatchNorm(args)).toThrow(message);
  });
  test('refuses a residual of another shape and an unknown number of channels', () => {
    const x = input({ shape: [4, 4, 3] });
    const other = input({ shape: [4, 4, 2] });
    expect(() => batchNorm().apply([x, other])).toThrow('residual must have the shape');
    expect(() => batchNorm().apply(input({ shape: [4, 4, null] }))).toThrow(
      'known number of channels',
    );
    expect(() => model({ inputs: x, outputs: batchNorm().apply(x) as typeof x })).not.toThrow();
  });
});
