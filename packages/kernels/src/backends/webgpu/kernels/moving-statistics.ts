import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output } from '../runtime/program.ts';
import { elementwise } from '../shaders/elementwise.ts';

/** FbsdMovingStatistics: both moving statistics after a batch, in one dispatch for six. */
export const movingStatistics: Replacement = {
  kernelName: 'FbsdMovingStatistics',
  create: () => (args) => {
    const inputs = args.inputs as Record<
      'mean' | 'variance' | 'batchMean' | 'batchVariance',
      TensorInfo
    >;
    const { momentum, unbiased } = args.attrs as unknown as Record<'momentum' | 'unbiased', number>;
    const backend = args.backend as WebGPUBackend;
    const [nextMean, nextVariance] = [
      output(backend, inputs.mean.shape),
      output(backend, inputs.variance.shape),
    ] as const;
    elementwise(backend, {
      name: 'FbsdMovingStatistics',
      reads: inputs,
      writes: { nextMean, nextVariance },
      floats: { kept: 1 - momentum, momentum, unbiased },
      body: `
    nextMean[i] = u.kept * mean[i] + u.momentum * batchMean[i];
    nextVariance[i] = u.kept * variance[i] + u.unbiased * batchVariance[i];`,
    });
    return [nextMean, nextVariance];
  },
};
