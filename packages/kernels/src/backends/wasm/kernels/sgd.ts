import type { FusedAttrs } from '@fbsd/fused-kernels';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';

/** Of a parameter. */
interface Tensors {
  readonly weight: TensorInfo;
  readonly velocity: TensorInfo;
  readonly gradient: TensorInfo;
}

/**
 * FbsdMultiTensorSgd: weights, velocities and gradients, in threes → the next weights and velocities, in twos, in the
 * memory of the given ones where no other tensor shares it: these must not be used again.
 */
export const multiTensorSgd = fusedKernel('FbsdMultiTensorSgd', (module, inputs, { options }) => {
  const parameters = options.map((_, i): Tensors => {
    const [weight, velocity, gradient] = inputs.slice(3 * i);
    return { weight, velocity, gradient } as Tensors;
  });
  const gradients = new Set(parameters.map(({ gradient }) => gradient.dataId));
  const place = (tensor: TensorInfo) =>
    (gradients.has(tensor.dataId) ? undefined : module.takeOver(tensor)) ??
    module.output(tensor.shape);
  return parameters.flatMap((parameter, i) => {
    const next = [place(parameter.weight), place(parameter.velocity)] as const;
    move(module, parameter, next, options[i] as FusedAttrs<'FbsdSgd'>);
    return next;
  });
});

function move(
  module: WasmModule,
  { weight, velocity, gradient }: Tensors,
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
