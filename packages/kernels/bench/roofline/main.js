// GFLOP/s of each kind of convolution and product, beside what the CPU can do at most.
// Usage: npm run build && node bench/roofline/main.js [native|wasm] [threads] [float32|bf16]
import { availableParallelism, cpus } from 'node:os';
import { useNative, useThreadedWasm } from '@fbsd/kernels/node';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { fastestVariant } from '../../dist/backends/wasm/code.js';
import { moduleOf, singleThread } from '../../dist/backends/wasm/module.js';
import { BATCH, LAYERS, PRODUCTS } from './layers.js';
import { nativeLimits, wasmLimits } from './limits.js';
import { gflopsOfLayer, gflopsOfProduct } from './measure.js';

const [backend = 'native', most = `${availableParallelism()}`, precision = 'float32'] =
  process.argv.slice(2);
if (backend !== 'native' && backend !== 'wasm') {
  throw new Error(`The backend must be native or wasm; got '${backend}'.`);
}
if (precision !== 'float32' && (precision !== 'bf16' || backend === 'wasm')) {
  throw new Error(`The precision must be float32, or bf16 of native; got '${precision}'.`);
}
tf.env().set('PROD', true); // no advertisement of other backends

const threadCounts = [...new Set([1, Number(most)])];
/** @type {Map<string, string[]>} */
const rows = new Map();
/** @type {import('./limits.js').Limits | undefined} */
let limits;
let kernels =
  fastestVariant() === 'RELAXED_SIMD' ? 'WebAssembly, relaxed SIMD' : 'WebAssembly, 128 bits';
for (const threads of threadCounts) {
  const started =
    backend === 'native'
      ? await useNative({ threads, precision })
      : await useThreadedWasm({ threads });
  if ('instructions' in started) kernels = started.instructions;
  limits ??=
    'instructions' in started
      ? nativeLimits(started.precision)
      : await wasmLimits((memory, name, args) => singleThread(memory).run(name, [args]));
  const share = (/** @type {number} */ gflops, /** @type {number} */ own) =>
    `${gflops.toFixed(0)} (${((100 * own) / (threads * (limits?.gflops ?? 0))).toFixed(0)}%)`;
  const module = moduleOf(tf.backend());
  for (const layer of LAYERS) {
    const { size, from, to, kernel, stride } = layer;
    const name = `${size}², ${from} → ${to}, ${kernel}×${kernel}${stride > 1 ? `/${stride}` : ''}`;
    for (const { gflops, own } of gflopsOfLayer(module, layer)) add(name, share(gflops, own));
  }
  for (const product of PRODUCTS) {
    const { rows, inner, columns, transposeA, transposeB } = product;
    const gflops = gflopsOfProduct(product);
    const of = `${rows}×${inner}${transposeA ? 'ᵀ' : ''} · ${inner}×${columns}${transposeB ? 'ᵀ' : ''}`;
    for (const cell of [share(gflops, gflops), '', '']) add(of, cell);
  }
  await started.dispose();
}

/** @param {string} name @param {string} cell */
function add(name, cell) {
  rows.set(name, [...(rows.get(name) ?? []), cell]);
}

console.log(
  `${cpus()[0]?.model.trim()}, ${kernels}: at most ${limits?.gflops.toFixed(0)} GFLOP/s a thread in registers, ` +
    `${limits?.gbytes.toFixed(0)} GB/s from memory. Batch ${BATCH}.\n`,
);
const ops = ['forward', 'input gradient', 'filter gradient'];
const columns = threadCounts.flatMap((threads) => ops.map((op) => `${op}, ${threads}`));
console.log(`| | ${columns.join(' | ')} |`);
console.log(`| --- |${columns.map(() => ' --- |').join('')}`);
for (const [name, cells] of rows) console.log(`| ${name} | ${cells.join(' | ')} |`);
process.exit(0); // the threads of wasm would go on
