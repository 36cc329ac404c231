import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import { replaceKernels } from './replace-kernels.js';

/**
 * @typedef {object} KernelTime
 * @property {string} kernel
 * @property {number} calls per step
 * @property {number} milliseconds per step, without the kernels that it runs itself
 *
 * @typedef {object} Profile
 * @property {number} milliseconds per step, all in all
 * @property {readonly KernelTime[]} kernels the slowest first
 */

/** Adds up the time that a backend spends in each of its kernels. */
export class KernelProfiler {
  /** @type {Map<string, {calls: number, milliseconds: number}>} */
  #totals = new Map();
  /**
   * Milliseconds that the kernels inside of each running kernel took; the innermost is the last.
   *
   * @type {number[]}
   */
  #inside = [];
  #steps = 0;
  #milliseconds = 0;

  /**
   * Wraps every kernel that is registered for the backend by now. Right for backends that compute
   * before they return, as wasm and TensorFlow on a CPU do.
   *
   * @param {string} backendName tfjs's name: wasm, tensorflow
   */
  constructor(backendName) {
    const kernels = getKernelsForBackend(backendName);
    replaceKernels(kernels.map((config) => ({ ...config, kernelFunc: this.#timed(config) })));
  }

  /**
   * Counts a round.
   *
   * @param {number} steps
   * @param {number} milliseconds of all its steps together
   */
  count(steps, milliseconds) {
    this.#steps += steps;
    this.#milliseconds += milliseconds;
  }

  /** @returns {Profile} */
  result() {
    const kernels = [...this.#totals].map(([kernel, { calls, milliseconds }]) => ({
      kernel,
      calls: calls / this.#steps,
      milliseconds: milliseconds / this.#steps,
    }));
    return {
      milliseconds: this.#milliseconds / this.#steps,
      kernels: kernels.sort((a, b) => b.milliseconds - a.milliseconds),
    };
  }

  /**
   * @param {import('@tensorflow/tfjs-core').KernelConfig} config
   * @returns {import('@tensorflow/tfjs-core').KernelFunc}
   */
  #timed({ kernelName, kernelFunc }) {
    return (params) => {
      this.#inside.push(0);
      const begin = performance.now();
      try {
        return kernelFunc(params);
      } finally {
        const elapsed = performance.now() - begin;
        const nested = /** @type {number} */ (this.#inside.pop());
        const outer = this.#inside.pop();
        if (outer !== undefined) this.#inside.push(outer + elapsed);
        const total = this.#totals.get(kernelName) ?? { calls: 0, milliseconds: 0 };
        total.calls++;
        total.milliseconds += elapsed - nested;
        this.#totals.set(kernelName, total);
      }
    };
  }
}
