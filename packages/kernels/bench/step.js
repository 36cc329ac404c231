// Milliseconds of a training step on wasm: composed of stock kernels, and with our own.
// Usage: npm run build && node bench/step.js [batch] [size] [steps] [threads]
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { install } from '../dist/install.js';
import { useThreadedWasm } from '../dist/node/index.js';
import { composed } from '../dist/wasm/composed/index.js';
import { identity } from '../dist/wasm/identity.js';
import { wasmReplacements } from '../dist/wasm/replacements.js';
import { trainer } from './resnet.js';

const [batch = 16, size = 96, steps = 7, threads = 2] = process.argv.slice(2).map(Number);

tf.env().set('PROD', true); // no advertisement of other backends
await tf.setBackend('wasm');
const variants = {
  composed: () => install('wasm', { kernels: [identity, ...composed] }).restore,
  'hand-written': () => install('wasm', wasmReplacements(tf.backend())).restore,
  [`hand-written, ${threads} threads`]: async () => {
    const wasm = await useThreadedWasm({ threads });
    return () => wasm.dispose();
  },
};
for (const [name, start] of Object.entries(variants)) {
  const stop = await start();
  const { step, dispose } = trainer({ batch, size });
  const losses = [step(), step()];
  const times = Array.from({ length: steps }, () => {
    const begin = performance.now();
    losses.push(step());
    return performance.now() - begin;
  }).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  console.log(
    `${name}: median ${median.toFixed(0)} ms/step, fastest ${times[0].toFixed(0)}, losses ` +
      losses.map((loss) => loss.toFixed(4)).join(' '),
  );
  dispose();
  await stop();
}
