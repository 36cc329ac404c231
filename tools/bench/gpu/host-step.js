// Measures what the host does for a training step on WebGPU, after `steps` that count for nothing. Usage:
//   node host-step.js '{"case": …, "stock": false, "steps": 0, "roundSeconds": 3}'
import { selectBackend } from '@fbsd/cli';
import { accelerate } from '@fbsd/kernels';
import { memory } from '@tensorflow/tfjs-core';
import { serve } from '../serve.js';
import { makeStep } from '../steps.js';
import { countCalls } from './calls.js';
import { hostShares } from './host-shares.js';
import { useNullAdapter } from './null-adapter.js';

const settings = JSON.parse(/** @type {string} */ (process.argv[2]));
await useNullAdapter();
const { description } = await selectBackend('webgpu');
if (settings.stock) accelerate().restore();
const step = makeStep(settings.case);
for (let i = 0; i < settings.steps; i++) await step();
await serve({
  step,
  description,
  roundSeconds: settings.roundSeconds,
  report: async () => {
    const { numBytesAllocatedInGPU } = /** @type {{numBytesAllocatedInGPU?: number}} */ (memory());
    return {
      gpuBytes: numBytesAllocatedInGPU,
      calls: await countCalls(step),
      shares: await hostShares(step),
    };
  },
});
