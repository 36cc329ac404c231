import { batchNorm, sgdStep, variableGradients } from '@fbsd/kernels';
import { topKMean, topKPool } from '@fbsd/topk-pool';
import {
  conv2d,
  dispose,
  mean,
  oneHot,
  ones,
  square,
  sub,
  tensor1d,
  tensor4d,
  variable,
  zeros,
} from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';

/** @typedef {import('@tensorflow/tfjs-core').Tensor1D} Tensor1D */
/** @typedef {import('@tensorflow/tfjs-core').Tensor4D} Tensor4D */

// Large enough for the kernels to divide their work over threads.
const IMAGES = 16;
const SIZE = 32;
const CHANNELS = 32;
const CLASSES = 4;
const STEPS = 4;

/**
 * Trains small networks for a few steps, the same ones wherever it runs.
 *
 * @returns {Promise<number[]>} the loss of every step: of `model.fit()`, then of the packages' ops
 */
export async function train() {
  const images = tensor4d(numbers(IMAGES * SIZE * SIZE * 3), [IMAGES, SIZE, SIZE, 3]);
  try {
    return [...(await fit(images)), ...(await stepByStep(images))];
  } finally {
    images.dispose();
  }
}

/** @param {Tensor4D} images */
async function fit(images) {
  const seeded = (/** @type {number} */ seed) => initializers.glorotUniform({ seed });
  const activation = 'relu';
  const model = sequential();
  const inputShape = images.shape.slice(1);
  const first = { filters: CHANNELS, kernelSize: 3, inputShape, kernelInitializer: seeded(1) };
  model.add(layers.conv2d({ ...first, activation }));
  model.add(layers.batchNormalization());
  const second = { filters: 48, kernelSize: 3, strides: 2, kernelInitializer: seeded(2) };
  model.add(layers.conv2d({ ...second, activation }));
  model.add(topKPool({ k: 5 }));
  const last = { units: CLASSES, kernelInitializer: seeded(3) };
  model.add(layers.dense({ ...last, activation: 'softmax' }));
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const classes = tensor1d(
    Array.from({ length: IMAGES }, (_, i) => i % CLASSES),
    'int32',
  );
  const labels = oneHot(classes, CLASSES);
  /** @type {number[]} */
  const losses = [];
  const onBatchEnd = async (/** @type {number} */ _, /** @type {any} */ logs) => {
    losses.push(logs.loss);
  };
  const options = { batchSize: IMAGES / 2, epochs: STEPS / 2, shuffle: false, verbose: 0 };
  await model.fit(images, labels, { ...options, callbacks: { onBatchEnd } });
  model.dispose();
  dispose([classes, labels]);
  return losses;
}

/** @param {Tensor4D} images */
async function stepByStep(images) {
  const shape = /** @type {[number, number, number, number]} */ ([3, 3, 3, CHANNELS]);
  const filter = variable(tensor4d(numbers(9 * 3 * CHANNELS), shape));
  const gamma = variable(/** @type {Tensor1D} */ (ones([CHANNELS])));
  const beta = variable(/** @type {Tensor1D} */ (zeros([CHANNELS])));
  const parameters = [filter, gamma, beta].map((weight) => ({
    weight,
    velocity: variable(zeros(weight.shape), false),
  }));
  const losses = [];
  for (let step = 0; step < STEPS; step++) {
    const { value, grads } = variableGradients(() => {
      const { y } = batchNorm(conv2d(images, filter, 1, 'same'), gamma, beta, { relu: true });
      return mean(square(sub(topKMean(y, { k: 5 }), 1)));
    });
    const moved = parameters.map((parameter) => {
      const gradient = grads[parameter.weight.name];
      if (!gradient) throw new Error(`no gradient of ${parameter.weight.name}`);
      return { ...parameter, gradient };
    });
    sgdStep(moved, { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4 });
    losses.push(Number((await value.data())[0]));
    dispose([value, grads]);
  }
  for (const { weight, velocity } of parameters) dispose([weight, velocity]);
  return losses;
}

/** Numbers in [-0.5, 0.5) without a pattern, by integers alone. @param {number} length */
function numbers(length) {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}
