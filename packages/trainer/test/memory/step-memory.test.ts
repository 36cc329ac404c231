import { denseLayer } from '@fbsd/backbones';
import { fbsd } from '@fbsd/fbsd';
import { fdm } from '@fbsd/fdm';
import { stepMemory } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
});

/** Two convolutions on images of 8×8 and a linear layer: 3·3·3·4 + 4·4 + 64·4·2 weights of 4 bytes. */
function chain(): LayersModel {
  const net = sequential();
  const plain = { useBias: false, padding: 'same' } as const;
  net.add(layers.conv2d({ ...plain, filters: 4, kernelSize: 3, inputShape: [8, 8, 3] }));
  net.add(layers.conv2d({ ...plain, filters: 4, kernelSize: 1 }));
  net.add(layers.flatten());
  net.add(layers.dense({ units: 2, useBias: false }));
  return net;
}

const [first, second, dense] = [4 * 108, 4 * 16, 4 * 512];
const weights = first + second + dense;
const image = 4 * 8 * 8 * 3;
const map = 4 * 8 * 8 * 4;
/** The first kernel, transformed. */
const working = 4 * first;

test('follows the backward pass to the moment that takes most', () => {
  // At the second convolution: what it and those before it gave, gradients of its output and its input.
  const images = 10;
  const atSecond =
    2 * weights + dense + second + images * (image + map + map) + images * (map + map) + working;
  const atFlatten = 2 * weights + dense + images * (image + 3 * map) + images * 2 * map + working;
  expect(stepMemory(chain())(images)).toBe(Math.max(atSecond, atFlatten));
});

test('with few images the gradients of the weights matter more', () => {
  const atEnd = 2 * weights + weights + working;
  expect(stepMemory(chain())(0)).toBe(atEnd);
});

test('several batches per step keep the sums of the gradients as well', () => {
  const bytes = stepMemory(chain());
  expect(bytes(10, 2)).toBe(bytes(10) + weights);
  expect(bytes(10, 5)).toBe(bytes(10, 2));
});

test('averages of the weights, and what else an optimizer keeps of them, count as well', () => {
  const bytes = stepMemory(chain())(10);
  expect(stepMemory(chain(), { average: true })(10)).toBe(bytes + weights);
  expect(stepMemory(chain(), { optimizerStates: 2 })(10)).toBe(bytes + weights);
});

test('weights that are not trained have neither gradients nor velocities', () => {
  const net = chain();
  (net.layers[3] as layers.Layer).trainable = false;
  expect(stepMemory(net)(0)).toBe(weights + 2 * (first + second) + working);
});

test('a dense layer keeps what is between its convolutions', () => {
  const images = input({ shape: [8, 8, 6] });
  const net = model({
    inputs: images,
    outputs: denseLayer({ growth: 2, bottleneck: 4 }).apply(images) as SymbolicTensor,
  });
  const bytes = stepMemory(net);
  // image, 4·2 channels in between, 2 of output; gradients of input and output
  expect(bytes(3) - bytes(2)).toBe(4 * 8 * 8 * (6 + 8 + 2 + 6 + 2));
});

test('diversification keeps the similarities of each pair of maps', () => {
  const maps = [
    [6, 6, 4],
    [3, 3, 4],
    [2, 2, 4],
  ].map((shape) => input({ shape }));
  const net = model({ inputs: maps, outputs: fdm().apply(maps) });
  const positions = 36 + 9 + 4;
  const pairs = 36 * 9 + 36 * 4 + 9 * 4;
  // inputs, outputs, norms and products; gradients of inputs and outputs; three matrices of the largest pair, and a map
  const image =
    4 * (2 * 4 * positions + positions + pairs + 2 * 4 * positions + 3 * 36 * 9 + 36 * 4);
  expect(stepMemory(net)(5)).toBe(5 * image);
});

test('a model in a model counts with all of its layers, used elsewhere or not', () => {
  const inner = chain();
  const images = input({ shape: [8, 8, 3] });
  inner.apply(images); // another use, which is not part of the model below
  const outer = model({ inputs: images, outputs: inner.apply(images) as SymbolicTensor });
  const more = 10 * image; // the outer model's input
  expect(stepMemory(outer)(10)).toBe(stepMemory(inner)(10) + more);
});

test('grows with the images of a batch, in a straight line where there are many', () => {
  const net = fbsd({ arch: 'mini', classes: 10, imageSize: 96, seed: 1 });
  const bytes = stepMemory(net);
  expect(bytes(16)).toBeGreaterThan(bytes(8));
  expect((bytes(400) - bytes(200)) / 200).toBeCloseTo((bytes(600) - bytes(400)) / 200, 6);
  net.dispose();
});

test('is NaN for maps of unknown size', () => {
  const images = input({ shape: [null, null, 3] });
  const map = layers.conv2d({ filters: 2, kernelSize: 1 }).apply(images) as SymbolicTensor;
  expect(stepMemory(model({ inputs: images, outputs: map }))(2)).toBeNaN();
});
