import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { instructionSets } from '@fbsd/native';
import { nativeLimits } from '../../packages/kernels/bench/roofline/limits.js';

/** The wasm backend of the trainer takes as many, so everybody gets as many. */
const MAX_THREADS = 8;

/** Threads that each side computes with. */
export const THREADS = Math.min(availableParallelism(), MAX_THREADS);

/**
 * Everybody's environment: the number of threads as TensorFlow and OpenMP read it, and TensorFlow's
 * errors alone.
 */
export const ENVIRONMENT = {
  TF_NUM_INTRAOP_THREADS: String(THREADS),
  OMP_NUM_THREADS: String(THREADS),
  TF_CPP_MIN_LOG_LEVEL: '2',
};

/** PyTorch's environment where it is to leave AVX-512 alone: its own loops, oneDNN and MKL. */
export const AVX2_ENVIRONMENT = {
  ATEN_CPU_CAPABILITY: 'avx2',
  ONEDNN_MAX_CPU_ISA: 'AVX2',
  MKL_ENABLE_INSTRUCTIONS: 'AVX2',
};

/** What the figures were measured on, in a line. */
export function machineDescription() {
  const model = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const vectors = vectorUnits();
  return `${model}${vectors ? ` (${vectors})` : ''}, ${availableParallelism()} CPUs; Node ${process.version}`;
}

/** The vector units of the CPU that matter here, as Linux names them. */
function vectorUnits() {
  try {
    const flags = new Set(
      readFileSync('/proc/cpuinfo', 'utf8')
        .match(/^flags.*$/m)?.[0]
        .split(' '),
    );
    const known = ['avx2', 'fma', 'avx512f', 'avx512_bf16', 'amx_bf16', 'asimd'];
    return known.filter((flag) => flags.has(flag)).join(', ');
  } catch {
    return ''; // another system
  }
}

/**
 * GFLOP/s that all threads together reach in registers, by the fastest of the native kernels' instructions or by given ones.
 *
 * @param {import('@fbsd/native').Precision} precision of what is multiplied
 * @param {import('@fbsd/native').Instructions} [instructions]
 * @returns {number | null} null where there are no native kernels
 */
export function peakGflops(precision, instructions) {
  /** @type {number | null} */
  let peak = null;
  isThere(() => {
    peak = THREADS * nativeLimits(precision, instructions).gflops;
  });
  return peak;
}

/** Says so when other programs use much of the machine: then no figure can be relied on. */
export function busyWarning() {
  const load = /** @type {number} */ (loadavg()[0]);
  if (load <= availableParallelism() / 2) return null;
  return (
    `The machine is busy (load ${load.toFixed(1)} on ${availableParallelism()} CPUs). ` +
    "Measure again when it is quiet: PyTorch's threads suffer most, waiting for each other."
  );
}

/**
 * The backends that are installed, the fastest first.
 *
 * @returns {import('./flags.js').BackendName[]}
 */
export function installedBackends() {
  return [
    ...(isThere(instructionSets) ? /** @type {const} */ (['native']) : []),
    ...(isThere(findTensorFlow) ? /** @type {const} */ (['node']) : []),
    'wasm',
  ];
}

function findTensorFlow() {
  // From where the trainer imports it.
  createRequire(import.meta.resolve('@fbsd/cli')).resolve('@tensorflow/tfjs-node');
}

/** @param {() => unknown} find throws if it is not there */
function isThere(find) {
  try {
    find();
    return true;
  } catch {
    return false;
  }
}
