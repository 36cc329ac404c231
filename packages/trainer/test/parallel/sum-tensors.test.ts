import { describeBackends } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { sumTensors } from '../../src/parallel/sum-tensors.ts';

describeBackends('gradients of all processes', (backend) => {
  /** As if another process had the same ones; counts the messages. */
  function twice() {
    const lengths: number[] = [];
    const communicator = {
      ...{ rank: 0, size: 2, broadcast: () => {} },
      allReduceSum(...arrays: Float32Array[]) {
        for (const values of arrays) {
          lengths.push(values.length);
          values.set(values.map((value) => 2 * value));
        }
      },
    };
    return { communicator, lengths };
  }

  const make = () => ({
    kernel: tf.keep(tf.fill([600, 500], 0.5)),
    gamma: tf.keep(tf.tensor1d([1, 2, 3])),
    scalar: tf.keep(tf.scalar(7)),
    large: tf.keep(tf.fill([2 ** 18], 3)),
  });

  test('are added up, small ones in one message', async () => {
    const given = make();
    const before = tf.memory().numTensors;
    const { communicator, lengths } = twice();
    const sums = await sumTensors(given, communicator);
    expect(lengths).toEqual([300_000, 2 ** 18, 4]);
    expect(Object.keys(sums)).toEqual(Object.keys(given));
    expect([...(sums['gamma']?.dataSync() ?? [])]).toEqual([2, 4, 6]);
    expect(sums['scalar']?.dataSync()[0]).toBe(14);
    expect(sums['kernel']?.shape).toEqual([600, 500]);
    expect(sums['kernel']?.dataSync().every((value) => value === 1)).toBe(true);
    expect(sums['large']?.dataSync().every((value) => value === 6)).toBe(true);
    expect(sums['kernel'] === given.kernel).toBe(backend === 'wasm'); // in place
    expect(tf.memory().numTensors).toBe(before);
  });

  test('leave alone what shares their values', async () => {
    const given = make();
    const other = tf.keep(tf.clone(given.gamma));
    await sumTensors(given, twice().communicator);
    expect([...other.dataSync()]).toEqual([1, 2, 3]);
  });
});
