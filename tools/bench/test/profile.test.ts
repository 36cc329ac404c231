import { jest } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { KernelProfiler } from '../profile.js';

describe('KernelProfiler', () => {
  beforeAll(async () => {
    tf.env().set('PROD', true);
    await tf.setBackend('cpu');
  });

  test('calls and time per step, of each kernel alone', () => {
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
    tf.registerKernel({
      kernelName: 'Inner',
      backendName: 'cpu',
      kernelFunc: () => {
        now += 20;
        return [];
      },
    });
    tf.registerKernel({
      kernelName: 'Outer',
      backendName: 'cpu',
      kernelFunc: () => {
        now += 10;
        tf.engine().runKernel('Inner', {});
        tf.engine().runKernel('Inner', {});
        return [];
      },
    });
    const profiler = new KernelProfiler('cpu');
    for (let step = 0; step < 2; step++) tf.engine().runKernel('Outer', {});
    profiler.count(2, 120);

    const { milliseconds, kernels } = profiler.result();
    expect(milliseconds).toBe(60);
    expect(kernels).toEqual([
      { kernel: 'Inner', calls: 2, milliseconds: 40 },
      { kernel: 'Outer', calls: 1, milliseconds: 10 }, // Inner's time is not Outer's
    ]);
    clock.mockRestore();
  });

  test('the values stay what they were', () => {
    new KernelProfiler('cpu');
    const sum = tf.tidy(() => tf.add(tf.tensor1d([1, 2]), 3).dataSync());
    expect([...sum]).toEqual([4, 5]);
  });
});
