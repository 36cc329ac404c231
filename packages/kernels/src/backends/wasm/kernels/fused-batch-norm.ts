import { FusedBatchNorm, type FusedBatchNormAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';
import { affine } from './batch-norm.ts';

/** tfjs's own batch normalisation with given statistics, one multiply-add for each value. */
export const fusedBatchNorm = replacement<Inputs, FusedBatchNormAttrs>(
  FusedBatchNorm,
  (module, { inputs: { x, mean, variance, scale, offset }, attrs, stock }) => {
    const channels = `${x.shape.at(-1)}`;
    const perChannel = [mean, variance, scale, offset].every(
      (vector) => !vector || vector.shape.join() === channels,
    );
    if (!perChannel) return stock();
    const inputs = { x, mean, variance, gamma: scale, beta: offset };
    return affine(module, inputs, attrs.varianceEpsilon, false);
  },
);

interface Inputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  scale?: TensorInfo;
  offset?: TensorInfo;
}
