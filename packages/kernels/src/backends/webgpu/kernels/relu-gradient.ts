import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output } from '../runtime/program.ts';
import { elementwise } from '../shaders/elementwise.ts';

/** FbsdReluGradient: dy where y is not 0 or less, else 0. */
export const reluGradient: Replacement = {
  kernelName: 'FbsdReluGradient',
  create: () => (args) => {
    const { dy, y } = args.inputs as { dy: TensorInfo; y: TensorInfo };
    const backend = args.backend as WebGPUBackend;
    const dx = output(backend, y.shape);
    elementwise(backend, {
      name: 'FbsdReluGradient',
      reads: { dy, y },
      writes: { dx },
      body: 'dx[i] = select(dy[i], V(), y[i] <= V());',
    });
    return dx;
  },
};
