import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';

const { fround } = Math;

/** FbsdMovingStatistics: both moving statistics after a batch, rounded as ops one after the other are. */
export const movingStatistics = fusedKernel(
  'FbsdMovingStatistics',
  (module, { mean, variance, batchMean, batchVariance }, { momentum, unbiased }) => {
    const kept = fround(1 - momentum);
    const blend = (old: TensorInfo, now: TensorInfo, weight: number): TensorInfo => {
      const next = module.output(old.shape);
      const read = (tensor: TensorInfo) =>
        module.floats(module.address(tensor), old.shape[0] as number);
      const [olds, nows, nexts] = [read(old), read(now), read(next)];
      for (let c = 0; c < nexts.length; c++) {
        nexts[c] = fround((olds[c] as number) * kept) + fround((nows[c] as number) * weight);
      }
      return next;
    };
    return [
      blend(mean, batchMean, fround(momentum)),
      blend(variance, batchVariance, fround(unbiased)),
    ];
  },
);
