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
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  for (const index of indices(SIZE, SIZE, KERNEL, KERNEL, INPUT, FILTERS)) {
    const [i, j, u, v, c, o] = /** @type {[number, number, number, number, number, number]} */ (
      index
    );
    const [row, column] = [i + u - 1, j + v - 1];
    if (row < 0 || row >= SIZE || column < 0 || column >= SIZE) continue;
    const from = (row * SIZE + column) * INPUT + c;
    const weight = ((u * KERNEL + v) * INPUT + c) * FILTERS + o;
    const to = (i * SIZE + j) * FILTERS + o;
    add(y, to, at(x, from) * at(w, weight));
    add(dx, from, at(dy, to) * at(w, weight));
    add(dw, weight, at(dy, to) * at(x, from));
  }
  return { y, dx, dw };
}

/** @param {Float32Array | Float64Array} array @param {number} i */
function at(array, i) {
  return /** @type {number} */ (array[i]);
}

/** @param {Float64Array} array @param {number} i @param {number} value */
function add(array, i, value) {
  array[i] = at(array, i) + value;
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
  const wrong = expected.findIndex((value, i) => !(Math.abs(at(actual, i) - value) <= TOLERANCE));
  if (wrong >= 0 || actual.length !== expected.length) {
    throw new Error(
      `${what} is wrong at ${wrong}: expected ${expected[wrong]}; got ${actual[wrong]}`,
    );
  }
}
