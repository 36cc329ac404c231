// Measures what the host does for a training step on WebGPU. Usage: node host-step.js '{"case": …, "stock": false, "roundSeconds": 3}'
import { selectBackend } from '@fbsd/examples';
import { accelerate } from '@fbsd/kernels';
import { memory } from '@tensorflow/tfjs-core';
import { serve } from '../serve.js';
import { makeStep } from '../steps.js';
import { countCalls } from './calls.js';
import { hostShares } from './host-shares.js';
import { useNullAdapter } from './null-adapter.js';

const { case: measured, stock, roundSeconds } = JSON.parse(/** @type {string} */ (process.argv[2]));
await useNullAdapter();
const { description } = await selectBackend('webgpu');
if (stock) accelerate().restore();
const step = makeStep(measured);
await serve({
  ...{ step, description, roundSeconds },
  report: async () => {
    const { numBytesAllocatedInGPU } = /** @type {{numBytesAllocatedInGPU?: number}} */ (memory());
    return {
      gpuBytes: numBytesAllocatedInGPU,
      calls: await countCalls(step),
      shares: await hostShares(step),
    };
  },
});
