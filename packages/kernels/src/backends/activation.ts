import {
  elu,
  engine,
  leakyRelu,
  prelu,
  relu,
  relu6,
  sigmoid,
  Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

interface ActivationAttrs {
  activation: string;
  leakyreluAlpha?: number;
}

/**
 * Applies the activation of a fused kernel, and disposes what it was applied to.
 *
 * @throws Error if tfjs has an activation that is not known here
 */
export function activate(
  y: TensorInfo,
  { activation, leakyreluAlpha = 0.2 }: ActivationAttrs,
  preluWeights?: TensorInfo,
): TensorInfo {
  if (activation === 'linear') return y;
  const before = toTensor(y);
  const after = apply(before, activation, leakyreluAlpha, preluWeights);
  before.dispose();
  return after;
}

function apply(x: Tensor, activation: string, alpha: number, preluWeights?: TensorInfo): Tensor {
  switch (activation) {
    case 'relu':
      return relu(x);
    case 'relu6':
      return relu6(x);
    case 'elu':
      return elu(x);
    case 'sigmoid':
      return sigmoid(x);
    case 'leakyrelu':
      return leakyRelu(x, alpha);
    case 'prelu':
      if (preluWeights) return prelu(x, toTensor(preluWeights));
  }
  throw new Error(
    `[@fbsd/kernels] fused kernel: activation ${activation} is not known. Use the op without fusion.`,
  );
}

/** A kernel's result as a tensor, for use with ops. */
export function toTensor(info: TensorInfo): Tensor {
  return info instanceof Tensor ? info : engine().makeTensorFromTensorInfo(info);
}
