import {
  engine,
  getBackend,
  getKernel,
  type NamedTensorMap,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/*
 * A backend may have kernels of its own for the op and its gradient; @fbsd/kernels installs them on
 * wasm and WebGPU.
 *
 * FbsdTopKMean: input x [B,…,C], attribute k; outputs the means [B,C] and the positions that were
 * chosen, int32 [B,k,C]. FbsdTopKMeanGradient: inputs dy [B,C] and these, attribute shape (of x);
 * output dx.
 */
const FORWARD = 'FbsdTopKMean';
const GRADIENT = 'FbsdTopKMeanGradient';

/** Means and chosen positions from the backend's own kernel, if it has one. */
export function ownTopKMean(x: Tensor, k: number): [Tensor2D, Tensor3D] | undefined {
  if (!getKernel(FORWARD, getBackend())) return undefined;
  return engine().runKernel(FORWARD, { x } as unknown as NamedTensorMap, { k }) as unknown as [
    Tensor2D,
    Tensor3D,
  ];
}

/** The gradient from what {@link ownTopKMean} chose. */
export function ownTopKMeanGradient(dy: Tensor, indices: Tensor, shape: number[]): Tensor {
  return engine().runKernel(GRADIENT, { dy, indices } as unknown as NamedTensorMap, { shape });
}
