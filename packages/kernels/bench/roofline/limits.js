import { startNativeKernels } from '@fbsd/native';
import { fastestVariant } from '../../dist/backends/wasm/code.js';
import { compile } from '../../scripts/compile-assembly.js';
import { secondsOf } from './time.js';

/** Floats that no cache holds. */
const MANY = 2 ** 26;

/**
 * What one thread of this CPU can do at most.
 *
 * @typedef {object} Limits
 * @property {number} gflops GFLOP/s of multiplications and additions in registers
 * @property {number} gbytes GB/s that are read from memory
 */

/**
 * The limits of the fastest native kernels of a precision, or of those that are given.
 *
 * @param {import('@fbsd/native').Precision} precision
 * @param {import('@fbsd/native').Instructions} [instructions]
 * @returns {Limits}
 */
export function nativeLimits(precision, instructions) {
  const kernels = startNativeKernels({ threads: 1, precision, instructions });
  const {
    ROWS = 0,
    COLUMNS = 0,
    PER_LANE = 0,
  } = /** @type {Record<string, number>} */ (kernels.sizes);
  const memory = new WebAssembly.Memory({ initial: (4 * MANY) / 2 ** 16 + 1 });
  /** @param {string} name @param {number[]} args */
  const run = (name, ...args) => kernels.run(memory, name, [args]);
  return limitsOf(memory, 2 * ROWS * 2 * COLUMNS * PER_LANE, run);
}

/**
 * The limits of 128-bit SIMD in WebAssembly, where multiplication and addition are two instructions without relaxed SIMD.
 *
 * @param {(memory: WebAssembly.Memory, name: string, args: number[]) => void} runModule runs a function of our module
 * @returns {Promise<Limits>}
 */
export async function wasmLimits(runModule) {
  const flags = fastestVariant() === 'RELAXED_SIMD' ? ['--enable', 'relaxed-simd'] : [];
  const binary = await compile(new URL('assembly/', import.meta.url), flags);
  const memory = new WebAssembly.Memory({ initial: (4 * MANY) / 2 ** 16 + 1, maximum: 65536 });
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
  const multiply = /** @type {(...args: number[]) => void} */ (
    instance.exports['multiplyInRegisters']
  );
  return limitsOf(memory, 2 * 4 * 8, (name, ...args) => {
    if (name === 'multiplyInRegisters') multiply(...args);
    else runModule(memory, name, args);
  });
}

/**
 * @param {WebAssembly.Memory} memory
 * @param {number} flops of one round of multiplyInRegisters
 * @param {(name: string, ...args: number[]) => void} run
 * @returns {Limits}
 */
function limitsOf(memory, flops, run) {
  const place = 1024;
  const rounds = 2 ** 20;
  const floats = new Float32Array(memory.buffer).fill(0.25); // pages that nobody wrote are all the same one
  floats[place / 4] = 0.5;
  const computing = secondsOf(() => run('multiplyInRegisters', place, rounds));
  const reading = secondsOf(() => run('rowSums', 2 ** 16, MANY / 2, 0, 1, place));
  return { gflops: (flops * rounds) / computing / 1e9, gbytes: (2 * MANY) / reading / 1e9 };
}
