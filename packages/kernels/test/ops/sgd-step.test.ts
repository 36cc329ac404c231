import { type SgdParameter, sgdStep, updateMovingStatistics } from '@fbsd/kernels';
import { describeBackends, expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { dispose, options, parameters, shapes } from '../support/sgd-cases.ts';

describeBackends('sgdStep', () => {
  test('three steps of several parameters by hand', () => {
    const moving = parameters(shapes);
    const expected = moving.map(({ weight, velocity }) => ({
      w: Float64Array.from(weight.dataSync()),
      v: Float64Array.from(velocity.dataSync()),
    }));
    for (let step = 0; step < 3; step++) {
      sgdStep(moving, options);
      for (const [i, { gradient, learningRate = 0.1 }] of moving.entries()) {
        const { w, v } = expected[i] as { w: Float64Array; v: Float64Array };
        gradient.dataSync().forEach((g, j) => {
          v[j] = 0.9 * (v[j] as number) + g + 0.01 * (w[j] as number);
          w[j] = (w[j] as number) - learningRate * (v[j] as number);
        });
      }
    }
    for (const [i, { weight, velocity }] of moving.entries()) {
      const { w, v } = expected[i] as { w: Float64Array; v: Float64Array };
      expectClose(weight, { shape: weight.shape, data: w });
      expectClose(velocity, { shape: weight.shape, data: v });
    }
    dispose(moving);
  });

  test('momentum and weight decay are off by default, and a parameter may have its own', () => {
    const moving = parameters([[4], [4]]).map(({ learningRate, ...tensors }) => tensors);
    const [plain, own] = moving as [SgdParameter, SgdParameter];
    tf.tidy(() => {
      const [w, v] = [tf.clone(own.weight), tf.clone(own.velocity)];
      const stepped = tf.sub(plain.weight, plain.gradient);
      sgdStep([plain, { ...own, momentum: 0.5, weightDecay: 0.2 }], { learningRate: 1 });
      expectClose(plain.velocity, plain.gradient);
      expectClose(plain.weight, stepped);
      const next = tf.addN([tf.mul(v, 0.5), own.gradient, tf.mul(w, 0.2)]);
      expectClose(own.velocity, next);
      expectClose(own.weight, tf.sub(w, next));
    });
    dispose(moving);
  });

  test('leaves gradients, others that share the values, and no tensor behind', () => {
    const moving = parameters(shapes);
    const clones = moving.map(({ weight }) => tf.clone(weight));
    const others = [...clones, ...moving.map(({ gradient }) => gradient)];
    const before = others.map((tensor) => tensor.dataSync().slice());
    expectNoLeak(() => {
      sgdStep(moving, options);
      return [];
    });
    expect(others.map((tensor) => tensor.dataSync())).toEqual(before);
    tf.dispose(clones);
    dispose(moving);
  });

  test('takes the weight itself as its gradient', () => {
    const [{ weight, velocity, gradient }] = parameters([[5]]) as [SgdParameter];
    const half = tf.mul(weight, 0.5);
    sgdStep([{ weight, velocity, gradient: weight }], { learningRate: 0.5 });
    expectClose(weight, half);
    tf.dispose(half);
    dispose([{ weight, velocity, gradient }]);
  });

  test('refuses tensors of different shapes, and variables that are there twice', () => {
    const [first, second] = parameters([[3], [3]]) as [SgdParameter, SgdParameter];
    const before = first.weight.dataSync().slice();
    const gradient = tf.ones([4]);
    const message = /gradient must have the shape of the weight '.*', \[3\]; got \[4\]/;
    expect(() => sgdStep([first, { ...second, gradient }], options)).toThrow(message);
    const twice = { ...second, velocity: first.velocity };
    expect(() => sgdStep([first, twice], options)).toThrow('is there twice');
    expect(first.weight.dataSync()).toEqual(before);
    gradient.dispose();
    dispose([first, second]);
  });

  test('moves nothing if there is nothing', () => {
    expectNoLeak(() => {
      sgdStep([], options);
      return [];
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
      const ofOne = () => updateMovingStatistics(moving(), batch(), { count: 1 });
      expect(ofOne).toThrow(RangeError);
      expect(ofOne).toThrow(/got count=1\. .*a batch of one image.*Choose a batchSize/);
    });
  });
});
