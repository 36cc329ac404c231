import { createRequire } from 'node:module';
import { join } from 'node:path';

// A program, run by verify.js: prints one line of JSON, or fails.

const [SIZE, INPUT, FILTERS, KERNEL] = [5, 2, 3, 3];
const TOLERANCE = 1e-4;

const x = values(SIZE * SIZE * INPUT);
const w = values(KERNEL * KERNEL * INPUT * FILTERS);
const dy = values(SIZE * SIZE * FILTERS);

const folder = /** @type {string} */ (process.argv[2]);
const tf = createRequire(import.meta.url)(join(folder, 'dist/index.js'));
const images = tf.tensor(x, [1, SIZE, SIZE, INPUT], 'float32');
const weights = tf.tensor(w, [KERNEL, KERNEL, INPUT, FILTERS], 'float32');
const convolve = (/** @type {any} */ images, /** @type {any} */ weights) =>
  tf.conv2d(images, weights, 1, 'same');
const upstream = tf.tensor(dy, [1, SIZE, SIZE, FILTERS], 'float32');
const [dx, dw] = tf.grads(convolve)([images, weights], upstream);

const expected = byDefinition();
compare('a convolution', convolve(images, weights).dataSync(), expected.y);
compare('the gradient of its input', dx.dataSync(), expected.dx);
compare('the gradient of its weights', dw.dataSync(), expected.dw);

const { binding, isUsingGpuDevice } = tf.backend();
console.log(JSON.stringify({ version: binding.TF_Version, gpu: Boolean(isUsingGpuDevice) }));

/** y[i,j,o] = Σ x[i+u−1,j+v−1,c]·w[u,v,c,o], and what x and w get of dy. */
function byDefinition() {
  const [y, dx, dw] = [dy, x, w].map(({ length }) => new Float64Array(length));
  for (const [i, j, u, v, c, o] of indices(SIZE, SIZE, KERNEL, KERNEL, INPUT, FILTERS)) {
    const [row, column] = [i + u - 1, j + v - 1];
    if (row < 0 || row >= SIZE || column < 0 || column >= SIZE) continue;
    const from = (row * SIZE + column) * INPUT + c;
    const weight = ((u * KERNEL + v) * INPUT + c) * FILTERS + o;
    const to = (i * SIZE + j) * FILTERS + o;
    y[to] += x[from] * w[weight];
    dx[from] += dy[to] * w[weight];
    dw[weight] += dy[to] * x[from];
  }
  return { y, dx, dw };
}

/**
 * All tuples of whole numbers below `sizes`.
 *
 * @param {number[]} sizes
 * @returns {number[][]}
 */
function indices(...sizes) {
  return sizes.reduce(
    (tuples, size) =>
      tuples.flatMap((tuple) => Array.from({ length: size }, (_, i) => [...tuple, i])),
    /** @type {number[][]} */ ([[]]),
  );
}

/** @param {number} length */
function values(length) {
  return Float32Array.from({ length }, (_, i) => Math.sin(1.7 * i + length));
}

/**
 * @param {string} what
 * @param {Float32Array} actual
 * @param {Float64Array} expected
 */
function compare(what, actual, expected) {
  const at = expected.findIndex((value, i) => !(Math.abs(actual[i] - value) <= TOLERANCE));
  if (at >= 0 || actual.length !== expected.length) {
    throw new Error(`${what} is wrong at ${at}: expected ${expected[at]}; got ${actual[at]}`);
  }
}
