import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients
import '@tensorflow/tfjs-backend-cpu';
import { GradientAccumulation } from '../../src/train/gradient-accumulation.ts';

beforeAll(() => tf.setBackend('cpu'));

const seven = () => tf.tidy(() => tf.variable(tf.scalar(7)));
const loss = (w: tf.Variable, x: number[]) =>
  tf.mean(tf.square(tf.sub(w, tf.tensor1d(x)))) as tf.Scalar;

function accumulate(
  accumulation: GradientAccumulation,
  w: tf.Variable,
  batches: readonly number[][],
): void {
  for (const batch of batches) {
    tf.tidy(() => accumulation.applyGradients(tf.variableGrads(() => loss(w, batch), [w]).grads));
  }
}

describe('GradientAccumulation', () => {
  test.each([
    { batches: [[1, 2, 3, 4]] },
    {
      batches: [
        [1, 2],
        [3, 4],
      ],
    },
    { batches: [[1], [2], [3], [4]] },
  ])('batches $batches move the weights as one batch of all', ({ batches }) => {
    const w = seven();
    const expected = seven();
    const optimizer = tf.train.momentum(0.1, 0.9);
    const accumulation = new GradientAccumulation(optimizer);
    const reference = tf.train.momentum(0.1, 0.9);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) {
      accumulate(accumulation, w, batches);
      accumulation.step();
      reference.minimize(() => loss(expected, [1, 2, 3, 4]), false, [expected]);
    }
    expect(w.dataSync()[0]).toBeCloseTo(expected.dataSync()[0] as number, 5);
    expect(tf.memory().numTensors).toBe(before + 2); // the optimizers' velocities
    optimizer.dispose();
    reference.dispose();
    tf.dispose([w, expected]);
  });

  test('between steps the weights stay, and the gradients are forgotten by dispose', () => {
    const w = seven();
    const accumulation = new GradientAccumulation(tf.train.sgd(1));
    const before = tf.memory().numTensors;
    accumulate(accumulation, w, [[1], [2]]);
    expect(w.dataSync()[0]).toBe(7);
    accumulation.dispose();
    expect(tf.memory().numTensors).toBe(before);
    accumulate(accumulation, w, [[4]]);
    accumulation.step();
    expect(w.dataSync()[0]).toBe(7 - 2 * (7 - 4));
    w.dispose();
  });

  test('a step without gradients is refused', () => {
    expect(() => new GradientAccumulation(tf.train.sgd(1)).step()).toThrow(
      '[@fbsd/trainer] GradientAccumulation: no gradients to step with.',
    );
  });
});
