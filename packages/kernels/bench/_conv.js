import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { install } from '../dist/install.js';
import { wasmReplacements } from '../dist/wasm/replacements.js';

tf.env().set('IS_TEST', true);
await tf.setBackend('wasm');
install('wasm', wasmReplacements());
const best = (f) => {
  let b = 1e9;
  for (let i = 0; i < 12; i++) {
    const t = performance.now();
    tf.dispose(f());
    b = Math.min(b, performance.now() - t);
  }
  return b;
};
for (const [B, H, C, O, K, s] of [
  [16, 96, 3, 32, 3, 2],
  [16, 24, 32, 32, 3, 1],
  [16, 24, 32, 64, 3, 2],
  [16, 12, 64, 64, 3, 1],
  [16, 6, 128, 128, 3, 1],
  [16, 3, 256, 256, 3, 1],
  [16, 24, 64, 256, 1, 1],
  [4, 56, 64, 64, 3, 1],
]) {
  const x = tf.randomNormal([B, H, H, C]),
    w = tf.randomNormal([K, K, C, O]);
  const y = tf.conv2d(x, w, s, 'same');
  const dy = tf.randomNormal(y.shape);
  const fl = (2 * y.size * K * K * C) / 1e6;
  const g = (ms) => (fl / ms).toFixed(1).padStart(6);
  console.log(
    [B, H, C, O, K, s].join(','),
    'fwd',
    g(best(() => tf.conv2d(x, w, s, 'same'))),
    'dx',
    g(
      best(() =>
        tf
          .engine()
          .runKernel(
            'Conv2DBackpropInput',
            { dy, filter: w },
            { inputShape: x.shape, strides: s, pad: 'same', dataFormat: 'NHWC' },
          ),
      ),
    ),
    'dw',
    g(
      best(() =>
        tf
          .engine()
          .runKernel(
            'Conv2DBackpropFilter',
            { x, dy },
            { filterShape: w.shape, strides: s, pad: 'same', dataFormat: 'NHWC' },
          ),
      ),
    ),
  );
  tf.dispose([x, w, y, dy]);
}
