import { fbsd } from '@fbsd/fbsd';
import { inferenceMemory, stepMemory } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
});

const image = 4 * 8 * 8 * 3;
const map = 4 * 8 * 8 * 4;
const kernels = { first: 4 * 108, second: 4 * 16, dense: 4 * 512 };
const weights = kernels.first + kernels.second + kernels.dense;

test('a chain holds the images, and what goes into and comes out of a layer', () => {
  const net = sequential();
  const plain = { useBias: false, padding: 'same' } as const;
  net.add(layers.conv2d({ ...plain, filters: 4, kernelSize: 3, inputShape: [8, 8, 3] }));
  net.add(layers.conv2d({ ...plain, filters: 4, kernelSize: 1 }));
  net.add(layers.flatten());
  net.add(layers.dense({ units: 2, useBias: false }));
  const bytes = inferenceMemory(net);
  expect(bytes(10)).toBe(weights + 10 * (image + 2 * map));
  expect(bytes(1)).toBe(weights + Math.max(image + 2 * map, image + map + 4 * kernels.first));
  net.dispose();
});

test('a map that is needed later is held until then', () => {
  const images = input({ shape: [8, 8, 3] });
  const conv = (x: SymbolicTensor) =>
    layers.conv2d({ filters: 4, kernelSize: 1 }).apply(x) as SymbolicTensor;
  const shortcut = conv(images);
  const sum = layers.add().apply([shortcut, conv(conv(shortcut))]) as SymbolicTensor;
  const net = model({ inputs: images, outputs: sum });
  const bytes = inferenceMemory(net);
  expect(bytes(10) - bytes(9)).toBe(image + 3 * map);
  net.dispose();
});

test('takes far less than training', () => {
  const net = fbsd({ arch: 'mini', classes: 10, imageSize: 96, seed: 1 });
  expect(inferenceMemory(net)(64)).toBeLessThan(stepMemory(net)(64) / 3);
  expect(inferenceMemory(net)(64)).toBeGreaterThan(64 * 4 * 96 * 96 * 3);
  net.dispose();
});

test('is NaN for maps of unknown size', () => {
  const images = input({ shape: [null, null, 3] });
  const out = layers.conv2d({ filters: 2, kernelSize: 1 }).apply(images) as SymbolicTensor;
  expect(inferenceMemory(model({ inputs: images, outputs: out }))(2)).toBeNaN();
});
