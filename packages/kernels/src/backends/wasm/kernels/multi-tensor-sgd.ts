import type { FusedAttrs } from '@fbsd/fused-kernels';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type SgdTensors, sgdTensors } from '../../sgd-tensors.ts';
import { fusedKernel } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';

/**
 * FbsdMultiTensorSgd: weights, velocities and gradients, in threes → the next weights and velocities, in twos, in the
 * memory of the given ones where no other tensor shares it: these must not be used again.
 */
export const multiTensorSgd = fusedKernel('FbsdMultiTensorSgd', (module, inputs, attrs) => {
  const parameters = sgdTensors(inputs);
  const gradients = new Set(parameters.map(({ gradient }) => gradient.dataId));
  const place = (tensor: TensorInfo) =>
    (gradients.has(tensor.dataId) ? undefined : module.takeOver(tensor)) ??
    module.output(tensor.shape);
  // All of them before anything moves: where there is no room for one, the weights stay as they were.
  const next = parameters.map(({ weight, velocity }) => [place(weight), place(velocity)] as const);
  for (const [i, parameter] of parameters.entries()) {
    const options = attrs.options[i] as FusedAttrs<'FbsdSgd'>;
    move(module, parameter, next[i] as (typeof next)[number], options);
  }
  return next.flat();
});

function move(
  module: WasmModule,
  { weight, velocity, gradient }: SgdTensors,
  next: readonly TensorInfo[],
  { learningRate, momentum, weightDecay }: FusedAttrs<'FbsdSgd'>,
): void {
  const addresses = [weight, velocity, gradient, ...next].map((tensor) => module.address(tensor));
  const items = util.sizeFromShape(weight.shape);
  module.parallel('sgd', { items, cost: 6, step: 4 }, (first, last) => [
    ...addresses,
    learningRate,
    momentum,
    weightDecay,
    first,
    last,
  ]);
}
