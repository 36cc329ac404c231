// Measures a training step on WebGPU. Usage: node ours.js '{"case": …, "stock": false, "precision": "float32", "allowSoftware": false, "roundSeconds": 0.5}'
import { selectBackend } from '@fbsd/cli';
import { accelerate } from '@fbsd/kernels';
import { memory } from '@tensorflow/tfjs-core';
import { serve } from '../serve.js';
import { makeStep } from '../steps.js';

const {
  case: measured,
  stock,
  precision,
  allowSoftware,
  roundSeconds,
} = JSON.parse(/** @type {string} */ (process.argv[2]));
const { description } = await selectBackend('webgpu', precision, { allowSoftware });
if (stock) accelerate().restore();
await serve({
  step: makeStep(measured),
  description: stock ? `${description}, tfjs's own kernels` : description,
  roundSeconds,
  report: () => {
    const { numBytesAllocatedInGPU } = /** @type {{numBytesAllocatedInGPU?: number}} */ (memory());
    return { gpuBytes: numBytesAllocatedInGPU };
  },
});
