import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';

/** FbsdSgd: the next weight and velocity, in one pass. */
export const sgd = fusedKernel(
  'FbsdSgd',
  (module, { weight, velocity, gradient }, { learningRate, momentum, weightDecay }) => {
    const outputs: [TensorInfo, TensorInfo] = [
      module.output(weight.shape),
      module.output(weight.shape),
    ];
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
);
