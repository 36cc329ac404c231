import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { moduleOf } from '../module.ts';

/** FbsdSgd: the next weight and velocity, in one pass. */
export const sgd: Replacement = {
  kernelName: 'FbsdSgd',
  create:
    () =>
    ({ inputs, attrs, backend }) => {
      const { weight, velocity, gradient } = inputs as {
        weight: TensorInfo;
        velocity: TensorInfo;
        gradient: TensorInfo;
      };
      const { learningRate, momentum, weightDecay } = attrs as unknown as {
        learningRate: number;
        momentum: number;
        weightDecay: number;
      };
      const module = moduleOf(backend);
      const outputs = [module.output(weight.shape), module.output(weight.shape)];
      const addresses = [weight, velocity, gradient, ...outputs].map((t) => module.address(t));
      const items = weight.shape.reduce((product, size) => product * size, 1);
      module.parallel('sgd', { items, cost: 6, step: 4 }, (first, last) => [
        ...addresses,
        learningRate,
        momentum,
        weightDecay,
        first,
        last,
      ]);
      return outputs;
    },
};
