import * as tf from '@tensorflow/tfjs-core';
import { verdict } from './verdict.js';

const WIDTHS = [6, 8, 14, 12];

/** Looks at memory along the way, prints a table of it, and says at the end whether it stayed flat. */
export class MemoryWatch {
  /** @type {import('./verdict.js').Sample[]} */
  #samples = [];

  constructor() {
    console.log('  step  tensors  MB of tensors  MB resident');
  }

  /**
   * @param {number} step
   * @param {{ print: boolean }} options whether the table gets a line of it
   */
  look(step, { print }) {
    const { numTensors: tensors, numBytes: bytes } = tf.memory();
    const resident = process.memoryUsage.rss();
    this.#samples.push({ tensors, bytes, resident });
    if (!print) return;
    const columns = [step, tensors, ...[bytes, resident].map((n) => (n / 2 ** 20).toFixed(1))];
    console.log(columns.map((x, i) => String(x).padStart(WIDTHS[i] ?? 0)).join(' '));
  }

  /** Prints the verdict, and makes it the exit code. */
  end() {
    const problem = verdict(this.#samples);
    console.log(problem ?? 'Flat.');
    process.exitCode = problem ? 1 : 0;
  }
}
