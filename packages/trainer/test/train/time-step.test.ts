import { fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { timeStep } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
});

const args = { imageSize: 65, batchSize: 4 };
const small = { classes: 2, convWidths: [8, 12], hiddenUnits: 6, seed: 1 } as const;

test('a trial leaves every weight and moving statistic as it was, and no tensor', async () => {
  const model = fbsd({ arch: 'mini', imageSize: 65, ...small });
  const values = () => model.weights.map((weight) => weight.read().dataSync());
  const before = values();
  const tensors = tf.memory().numTensors;
  expect(await timeStep({ ...args, model })).toBeGreaterThan(0);
  expect(values()).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);
  model.dispose();
});

test.each([
  ['a slow one is extrapolated from two images', [6000], 12],
  ['otherwise a whole batch follows', [300, 32], 0.032],
])('%s', async (_, milliseconds, seconds) => {
  const model = fbsd({ arch: 'mini', imageSize: 65, ...small });
  let asked = 0;
  let time = 0;
  const now = () => {
    if (asked++ % 2 === 1) time += milliseconds.shift() as number;
    return time;
  };
  expect(await timeStep({ ...args, model, clock: { now } })).toBeCloseTo(seconds, 6);
  expect(milliseconds).toEqual([]);
  model.dispose();
});
