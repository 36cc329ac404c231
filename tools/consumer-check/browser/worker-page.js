// In the page: runs the program in a Worker, or in the page itself.
import { runProgram } from './program.js';

/** @typedef {import('./program.js').Outcome} Outcome */

/** @param {unknown} argument @returns {Promise<Outcome>} */
function runInWorker(argument) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  /** @type {Promise<Outcome>} */
  const outcome = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`the Worker failed: ${message}`));
    worker.postMessage(argument);
  });
  return outcome.finally(() => worker.terminate());
}

Object.assign(globalThis, { run: { worker: runInWorker, page: runProgram } });
