// Times every kernel of a training step on WebGPU by timestamps of the GPU, and counts the operations of
// the convolutions. Usage: node profile.js '{"case": …, "stock": false, "precision": "float32", "allowSoftware": false, "peak": null}'
import { selectBackend } from '@fbsd/cli';
import { accelerate } from '@fbsd/kernels';
import {
  backend as currentBackend,
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { makeStep } from '../steps.js';
import { convolutionOperations } from './operations.js';
import { measurePeak } from './peak.js';

/**
 * @typedef {object} GPUKernelTime
 * @property {string} kernel
 * @property {number} calls
 * @property {number} milliseconds on the GPU
 * @property {number} operations multiplications and additions, of convolutions; else 0
 *
 * @typedef {object} GPUProfile
 * @property {string} description
 * @property {number} batch
 * @property {readonly GPUKernelTime[]} kernels of one step, the slowest first
 * @property {number} peak float32 operations per second
 * @property {boolean} peakMeasured
 */

/** @typedef {import('@tensorflow/tfjs-core').KernelBackend & {device: GPUDevice}} TimedBackend */

const {
  case: measured,
  stock,
  precision,
  allowSoftware,
  peak,
} = JSON.parse(/** @type {string} */ (process.argv[2]));
const { description } = await selectBackend('webgpu', precision, { allowSoftware });
if (stock) accelerate().restore();
const step = makeStep(measured);
await step(); // compiles
const kernels = await timeKernels(step);
const backend = /** @type {TimedBackend} */ (currentBackend());
/** @type {GPUProfile} */
const profile = {
  description: stock ? `${description}, tfjs's own kernels` : description,
  batch: measured.batch,
  kernels,
  peak: peak === null ? await measurePeak(backend.device) : peak * 1e12,
  peakMeasured: peak === null,
};
process.stdout.write(`${JSON.stringify(profile)}\n`);

/**
 * Runs a step with every kernel of the backend wrapped. A kernel's time is that of its own dispatches.
 *
 * @param {() => Promise<unknown>} step
 * @returns {Promise<GPUKernelTime[]>}
 */
async function timeKernels(step) {
  /** @type {Map<string, GPUKernelTime>} */
  const totals = new Map();
  /** @type {Promise<unknown>[]} */
  const pending = [];
  for (const config of getKernelsForBackend('webgpu')) {
    unregisterKernel(config.kernelName, 'webgpu'); // or tfjs warns of a kernel that is there
    registerKernel({
      ...config,
      kernelFunc(params) {
        const { kernelName: kernel } = config;
        const total = totals.get(kernel) ?? { kernel, calls: 0, milliseconds: 0, operations: 0 };
        totals.set(kernel, total);
        total.calls++;
        /** @type {ReturnType<typeof config.kernelFunc> | undefined} */
        let result;
        const backend = /** @type {TimedBackend} */ (params.backend);
        const timed = backend.time(() => {
          result = config.kernelFunc(params);
        });
        pending.push(
          timed.then((info) => {
            total.milliseconds += Number(/** @type {{kernelMs?: unknown}} */ (info).kernelMs ?? 0);
          }),
        );
        total.operations += convolutionOperations(kernel, params);
        return /** @type {ReturnType<typeof config.kernelFunc>} */ (result);
      },
    });
  }
  await step();
  await Promise.all(pending);
  return [...totals.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
