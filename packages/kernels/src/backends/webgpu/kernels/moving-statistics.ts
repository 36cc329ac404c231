import { fusedKernel } from '../define-kernels.ts';
import { output } from '../runtime/program.ts';
import { elementwise } from '../shaders/elementwise.ts';

/** FbsdMovingStatistics: both moving statistics after a batch, in one dispatch for six. */
export const movingStatistics = fusedKernel(
  'FbsdMovingStatistics',
  (backend, inputs, { momentum, unbiased }) => {
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
);
