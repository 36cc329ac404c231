import type { TensorInfo } from '@tensorflow/tfjs-core';

/** The tensors of a parameter that FbsdMultiTensorSgd moves. */
export interface SgdTensors {
  readonly weight: TensorInfo;
  readonly velocity: TensorInfo;
  readonly gradient: TensorInfo;
}

/** How many they are. */
export const SGD_TENSORS = 3;

/** The inputs of FbsdMultiTensorSgd, which are in threes, by parameter. */
export function sgdTensors(inputs: readonly TensorInfo[]): SgdTensors[] {
  return Array.from({ length: inputs.length / SGD_TENSORS }, (_, i) => {
    const [weight, velocity, gradient] = inputs.slice(SGD_TENSORS * i, SGD_TENSORS * (i + 1));
    return { weight, velocity, gradient } as SgdTensors;
  });
}
