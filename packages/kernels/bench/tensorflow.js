// Milliseconds of the kernels on TensorFlow, with and without accelerate(). Needs tfjs-node
// (npm run setup:tensorflow) and a build. node packages/kernels/bench/tensorflow.js

const tfjsNode = '@tensorflow/tfjs-node'; // optional: in a variable, so that no tool wants it
const { default: tf } = await import(tfjsNode);
const { accelerate, batchNorm, sgdStep } = await import('../dist/index.js');

const RUNS = 25;
const WARM_UP = 3;

/** @typedef {import('@tensorflow/tfjs-core').Tensor} Tensor */

/**
 * The fastest of some runs.
 *
 * @param {() => void} f
 */
function time(f) {
  const times = Array.from({ length: WARM_UP + RUNS }, () => {
    const start = performance.now();
    tf.tidy(() => {
      f();
    });
    return performance.now() - start;
  });
  return Number(Math.min(...times.slice(WARM_UP)).toFixed(2));
}

const shape = [4, 64, 64, 256];
const [x, residual, dy] = [0, 1, 2].map((seed) =>
  tf.randomNormal(shape, 0, 1, 'float32', seed + 1),
);
const [gamma, beta] = [tf.ones([256]), tf.zeros([256])];
const [weight, velocity, gradient] = [1, 2, 3].map((seed) =>
  tf.variable(tf.randomNormal([3, 3, 512, 1024], 0, 1, 'float32', seed)),
);

/**
 * Images and a filter, with the gradients of both.
 *
 * @param {number[]} shape
 * @param {number[]} filter
 */
const convolution = (shape, filter) => {
  const inputs = [tf.randomNormal(shape), tf.randomNormal(filter)];
  /** @param {Tensor} x @param {Tensor} w */
  const apply = (x, w) => tf.conv2d(x, w, 1, 'same');
  const dy = tf.randomNormal([...shape.slice(0, 3), filter[3]]);
  return () => tf.grads(apply)(inputs, dy);
};
const pointwise = convolution([4, 64, 64, 64], [1, 1, 64, 256]);
const wide = convolution([4, 32, 32, 512], [3, 3, 512, 1024]);

/** @typedef {(x: any, gamma: any, beta: any, residual: any) => Tensor} BatchNorm */

/** @type {BatchNorm} */
const own = (x, gamma, beta, residual) => batchNorm(x, gamma, beta, { relu: true, residual }).y;
/** @type {BatchNorm} */
const stock = (x, gamma, beta, residual) => {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.relu(tf.add(tf.batchNorm(x, mean, variance, beta, gamma, 1e-5), residual));
};
const inputs = [x, gamma, beta, residual];
const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4 };

/** @param {BatchNorm} batchNorm @returns {Record<string, number>} */
const measure = (batchNorm) => ({
  'batchNorm + residual + ReLU': time(() => batchNorm(x, gamma, beta, residual)),
  'with its gradient': time(() => tf.grads(batchNorm)(inputs, dy)),
  'relu with its gradient': time(() => tf.grad(tf.relu)(x, dy)),
  'conv2d 1×1 with its gradients': time(pointwise),
  'conv2d 3×3 with its gradients': time(wide),
  'sgdStep, 4.7 M weights': time(() => sgdStep([{ weight, velocity, gradient }], options)),
});

/** @type {Record<string, Record<string, number>>} */
const columns = { stock: measure(stock), fallback: measure(own) };
accelerate();
columns['accelerated'] = measure(own);
console.table(
  Object.fromEntries(
    Object.keys(columns['stock'] ?? {}).map((row) => [
      row,
      Object.fromEntries(Object.entries(columns).map(([name, times]) => [name, times[row]])),
    ]),
  ),
);
