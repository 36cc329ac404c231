import { accelerate, variableGradients } from '@fbsd/kernels';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { EarlySums, earlySums } from '../../src/parallel/early-sums.ts';
import { GradientAccumulation } from '../../src/train/gradient-accumulation.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
  accelerate();
});

/** As if another process had the same values, which come when they are waited for. */
function twice() {
  const lengths: number[] = [];
  let begun: Float32Array[] = [];
  const background = {
    add(values: Float32Array) {
      lengths.push(values.length);
      begun.push(values);
    },
    progress() {},
    finish() {
      for (const values of begun) values.set(values.map((value) => 2 * value));
      begun = [];
    },
  };
  return { background, lengths };
}

describe('sums that begin while the backward pass goes on', () => {
  const large = 2 ** 19;
  const communicator = { rank: 0, size: 2, allReduceSum() {}, broadcast() {} };

  test.each([1, 2])('are those of the gradients of %i batches', async (batches) => {
    const { background, lengths } = twice();
    const first = tf.tidy(() => tf.variable(tf.fill([5], 2)));
    const second = tf.tidy(() => tf.variable(tf.fill([large, 1], 1)));
    const often = tf.tidy(() => tf.variable(tf.scalar(3)));
    const variables = [first, second, often];
    const moved: Record<string, number[]> = {};
    const optimizer = tf.train.sgd(1);
    optimizer.applyGradients = (gradients) => {
      for (const [name, gradient] of Object.entries(gradients as tf.NamedTensorMap)) {
        moved[name] = [...gradient.dataSync().slice(0, 5)];
      }
    };
    const accumulation = new GradientAccumulation(optimizer);
    const early = new EarlySums(large + 6, background);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 2; step++) {
      lengths.length = 0;
      for (let batch = 1; batch <= batches; batch++) {
        const show = batch === batches ? accumulation.addUpEarly(early) : undefined;
        tf.tidy(() => {
          const loss = () => {
            const scale = tf.mul(tf.mul(often, often), tf.sum(tf.square(first)));
            return tf.mul(scale, tf.sum(tf.mul(second, batch / large))) as tf.Scalar;
          };
          accumulation.applyGradients(variableGradients(loss, variables, show).grads);
        });
        // The large one has begun before the others came.
        expect(lengths).toEqual(show ? [large] : []);
      }
      await accumulation.addUp(communicator);
      expect(lengths).toEqual([large, 6]);
      accumulation.step();
      // Of (often² Σ first²)·mean(second)·batch, a mean over batches, twice.
      const factor = 2 * (batches === 1 ? 1 : 1.5);
      expect(moved[first.name]).toEqual(Array(5).fill(9 * 2 * 2 * factor));
      expect(moved[often.name]).toEqual([2 * 3 * 20 * factor]);
      expect(moved[second.name]?.[0]).toBeCloseTo((9 * 20 * factor) / large, 9);
      expect(tf.memory().numTensors).toBe(before);
    }
    optimizer.dispose();
    tf.dispose(variables);
  });

  test('are forgotten with the gradients of a step that is not taken', async () => {
    const { background, lengths } = twice();
    const w = tf.tidy(() => tf.variable(tf.fill([3], 1)));
    const accumulation = new GradientAccumulation(tf.train.sgd(1));
    const early = new EarlySums(3, background);
    const loss = () => tf.sum(tf.square(w)) as tf.Scalar;
    const add = () => {
      const show = accumulation.addUpEarly(early);
      tf.tidy(() => accumulation.applyGradients(variableGradients(loss, [w], show).grads));
    };
    add();
    accumulation.dispose();
    expect(lengths).toEqual([]);
    add();
    await accumulation.addUp(communicator);
    accumulation.step();
    expect([...w.dataSync()]).toEqual([-3, -3, -3]);
    tf.dispose(w);
  });
});

test('sums of a step begin once', () => {
  const accumulation = new GradientAccumulation(tf.train.sgd(1));
  const early = new EarlySums(3, twice().background);
  accumulation.addUpEarly(early);
  expect(() => accumulation.addUpEarly(early)).toThrow('addUpEarly was called twice in a step');
  accumulation.dispose();
  accumulation.addUpEarly(early);
});

test('sums begin early on wasm, where a communicator has a background', async () => {
  const model = { trainableWeights: [{ shape: [2, 3] }] } as never;
  const { background } = twice();
  const several = { rank: 0, size: 2, allReduceSum() {}, broadcast() {}, background };
  expect(earlySums(model, several)).toBeInstanceOf(EarlySums);
  expect(earlySums(model, { ...several, size: 1 })).toBeNull();
  expect(earlySums(model, { ...several, background: null })).toBeNull();
  const another = { ...several, allReduceSum: (count: Float32Array) => count.fill(1) };
  expect(earlySums(model, another)).toBeNull(); // another process cannot
  await tf.setBackend('cpu');
  expect(earlySums(model, several)).toBeNull();
});
