import {
  FusedBatchNorm,
  type FusedBatchNormAttrs,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { affine } from './batch-norm.ts';

/** tfjs's own batch normalisation with given statistics, one multiply-add for each value. */
export const fusedBatchNorm: Replacement = {
  kernelName: FusedBatchNorm,
  create:
    (stock): KernelFunc =>
    (args) => {
      const { x, mean, variance, scale, offset } = args.inputs as unknown as Inputs;
      const channels = `${x.shape.at(-1)}`;
      const perChannel = [mean, variance, scale, offset].every(
        (vector) => !vector || vector.shape.join() === channels,
      );
      if (!perChannel) return stock(args);
      const { varianceEpsilon } = args.attrs as unknown as FusedBatchNormAttrs;
      const inputs = { x, mean, variance, gamma: scale, beta: offset };
      return affine(inputs, varianceEpsilon, false, args.backend);
    },
};

interface Inputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  scale?: TensorInfo;
  offset?: TensorInfo;
}
