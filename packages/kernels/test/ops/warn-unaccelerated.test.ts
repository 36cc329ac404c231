import { jest } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { accelerate, batchNorm } from '../../src/index.ts';

test('training on wasm without accelerate() is warned of, once', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  const ours = () => warn.mock.calls.filter(([text]) => String(text).includes('@fbsd/kernels'));
  const train = () =>
    tf.tidy(() => batchNorm(tf.randomNormal([4, 3]), tf.ones([3]), tf.zeros([3])).mean.dataSync());
  await tf.setBackend('cpu');
  train();
  await tf.setBackend('wasm');
  const acceleration = accelerate();
  train();
  expect(ours()).toEqual([]);
  acceleration.restore();
  tf.env().set('PROD', true);
  train();
  expect(ours()).toEqual([]);
  tf.env().set('PROD', false);
  train();
  train();
  expect(ours()).toEqual([[expect.stringContaining('Call `accelerate()`')]]);
  warn.mockRestore();
});
