import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg } from 'node:os';

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

/** What the figures were measured on, in a line. */
export function machineDescription() {
  return `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} CPUs; Node ${process.version}`;
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
 * The backends that are installed.
 *
 * @returns {import('./flags.js').BackendName[]}
 */
export function installedBackends() {
  // From where the trainer imports it.
  const { resolve } = createRequire(import.meta.resolve('@fbsd/cli'));
  try {
    resolve('@tensorflow/tfjs-node');
    return ['wasm', 'node'];
  } catch {
    return ['wasm'];
  }
}
