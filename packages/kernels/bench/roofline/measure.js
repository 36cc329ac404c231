import * as tf from '@tensorflow/tfjs-core';
import { paysWithTiles } from '../../dist/backends/wasm/kernels/winograd.js';
import { forwardGeometry } from '../../dist/convolution/geometry.js';
import { BATCH } from './layers.js';
import { secondsOf } from './time.js';

/** @param {string} name @param {tf.NamedTensorMap} inputs @param {tf.NamedAttrMap} attrs */
const run = (name, inputs, attrs) => {
  /** @type {tf.Tensor} */ (tf.engine().runKernel(name, inputs, attrs)).dispose();
};

/**
 * Forward, input and filter gradient of a layer; that of images, which nobody needs, is left out.
 *
 * @param {import('../../dist/backends/wasm/module.js').WasmModule} module
 * @param {import('./layers.js').Layer} layer
 * @returns {{ gflops: number, own: number }[]} GFLOP/s as a direct convolution counts them, and those that are multiplied in
 *   fact: fewer by Winograd's algorithm, whose transformations are not counted
 */
export function gflopsOfLayer(module, { size, from, to, kernel, stride }) {
  return tf.tidy(() => {
    const x = tf.randomNormal([BATCH, size, size, from]);
    const filter = tf.randomNormal([kernel, kernel, from, to]);
    const conv = { strides: stride, pad: 'same', dataFormat: 'NHWC' };
    const forward = { ...conv, dilations: 1 };
    const y = /** @type {tf.Tensor4D} */ (tf.engine().runKernel('Conv2D', { x, filter }, forward));
    const info = tf.backend_util.computeConv2DInfo(
      [BATCH, size, size, from],
      [kernel, kernel, from, to],
      stride,
      1,
      'same',
    );
    const flops = 2 * y.size * kernel * kernel * from;
    const tiled = paysWithTiles(module, forwardGeometry(info), BATCH);
    const { TILE, PRODUCTS } = module.sizes;
    const tiles = BATCH * Math.ceil(info.outHeight / TILE) * Math.ceil(info.outWidth / TILE);
    const own = tiled ? 2 * tiles * PRODUCTS * from * to : flops;
    const ops = [
      () => run('Conv2D', { x, filter }, forward),
      () => run('Conv2DBackpropInput', { dy: y, filter }, { ...conv, inputShape: x.shape }),
      () => run('Conv2DBackpropFilter', { x, dy: y }, { ...conv, filterShape: filter.shape }),
    ];
    return ops.map((op) => {
      const seconds = secondsOf(op);
      return { gflops: flops / seconds / 1e9, own: own / seconds / 1e9 };
    });
  });
}

/** @param {typeof import('./layers.js').PRODUCTS[number]} product */
export function gflopsOfProduct({ rows, inner, columns, transposeA, transposeB }) {
  return tf.tidy(() => {
    const a = tf.randomNormal(transposeA ? [BATCH, inner, rows] : [BATCH, rows, inner]);
    const b = tf.randomNormal(transposeB ? [BATCH, columns, inner] : [BATCH, inner, columns]);
    const seconds = secondsOf(() => tf.matMul(a, b, transposeA, transposeB).dispose());
    return (2 * BATCH * rows * inner * columns) / seconds / 1e9;
  });
}
