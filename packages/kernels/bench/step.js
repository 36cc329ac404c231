// Milliseconds of a training step on wasm: composed of stock kernels, and with our own.
// Usage: npm run build && node bench/step.js [batch] [size] [steps]
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { install } from '../dist/install.js';
import { composed } from '../dist/wasm/composed/index.js';
import { identity } from '../dist/wasm/identity.js';
import { wasmReplacements } from '../dist/wasm/replacements.js';
import { trainer } from './resnet.js';

const [batch = 16, size = 96, steps = 5] = process.argv.slice(2).map(Number);

tf.env().set('IS_TEST', true); // no advertisement of other backends
await tf.setBackend('wasm');
const variants = {
  composed: () => install('wasm', { kernels: [identity, ...composed] }),
  'hand-written': () => install('wasm', wasmReplacements()),
};
for (const [name, start] of Object.entries(variants)) {
  const installation = start();
  const step = trainer({ batch, size });
  const losses = [step(), step()];
  const times = Array.from({ length: steps }, () => {
    const begin = performance.now();
    losses.push(step());
    return performance.now() - begin;
  }).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  console.log(
    `${name}: ${median.toFixed(0)} ms/step, losses ${losses.map((loss) => loss.toFixed(4)).join(' ')}`,
  );
  installation.restore();
}
