import { sgdStep, updateMovingStatistics } from '@fbsd/kernels';
import { describeBackends, expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { random } from './reference.ts';

describeBackends('sgdStep', () => {
  test.each([[[7]], [[3, 5, 2]]])('three steps by hand, shape %j', (shape) => {
    tf.tidy(() => {
      const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };
      let state = { weight: random('w', shape), velocity: tf.zeros(shape) };
      const w = Float64Array.from(state.weight.dataSync());
      const v = new Float64Array(w.length);
      for (let step = 0; step < 3; step++) {
        const gradient = random(`g${step}`, shape);
        state = sgdStep(state.weight, state.velocity, gradient, options);
        gradient.dataSync().forEach((g, i) => {
          v[i] = 0.9 * (v[i] as number) + g + 0.01 * (w[i] as number);
          w[i] = (w[i] as number) - 0.1 * (v[i] as number);
        });
      }
      expectClose(state.weight, { shape, data: w });
      expectClose(state.velocity, { shape, data: v });
    });
  });

  test('momentum and weight decay are off by default', () => {
    tf.tidy(() => {
      const [w, v, g] = ['w', 'v', 'g'].map((name) => random(name, [4]));
      const next = sgdStep(w as tf.Tensor, v as tf.Tensor, g as tf.Tensor, { learningRate: 1 });
      expectClose(next.velocity, g as tf.Tensor);
      expectClose(next.weight, tf.sub(w as tf.Tensor, g as tf.Tensor));
    });
  });

  test('leaves its arguments and no tensor behind', () => {
    const [w, v, g] = ['w', 'v', 'g'].map((name) => random(name, [6])) as tf.Tensor[];
    const before = w?.dataSync().slice();
    expectNoLeak(() => ({
      ...sgdStep(w as tf.Tensor, v as tf.Tensor, g as tf.Tensor, {
        learningRate: 1,
        weightDecay: 0.1,
      }),
    }));
    expect(w?.dataSync()).toEqual(before);
    tf.dispose([w, v, g] as tf.Tensor[]);
  });

  test('refuses tensors of different shapes', () => {
    tf.tidy(() => {
      const w = tf.ones([3]);
      expect(() => sgdStep(w, w, tf.ones([4]), { learningRate: 1 })).toThrow(
        'gradient must have the shape of the weight, [3]; got [4]',
      );
    });
  });
});

describeBackends('updateMovingStatistics', () => {
  const moving = () => ({ mean: tf.tensor1d([1, -2]), variance: tf.tensor1d([1, 3]) });
  const batch = () => ({ mean: tf.tensor1d([0.5, 4]), variance: tf.tensor1d([2, 0.25]) });

  test("follows PyTorch's rule, with the unbiased variance", () => {
    tf.tidy(() => {
      const next = updateMovingStatistics(moving(), batch(), { count: 5, momentum: 0.2 });
      expectClose(next.mean, { shape: [2], data: [0.8 + 0.1, -1.6 + 0.8] });
      expectClose(next.variance, { shape: [2], data: [0.8 + 0.2 * 2.5, 2.4 + 0.2 * 0.3125] });
    });
  });

  test('leaves no tensor behind', () => {
    const [old, now] = [moving(), batch()];
    expectNoLeak(() => ({ ...updateMovingStatistics(old, now, { count: 8 }) }));
    tf.dispose([{ ...old }, { ...now }]);
  });

  test('refuses a single value', () => {
    tf.tidy(() => {
      expect(() => updateMovingStatistics(moving(), batch(), { count: 1 })).toThrow(RangeError);
    });
  });
});
