import { type Tensor, type Tensor4D, tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Values } from './expect-close.ts';

/** Values as a float32 tensor of their own shape. */
export function toTensor<T extends Tensor>(values: Values): T {
  return tensor(Float32Array.from(values.data), [...values.shape], 'float32') as T;
}

/** PyTorch's [B,C,H,W] as tfjs's [B,H,W,C]. */
export function toNHWC(values: Values): Tensor4D {
  return tidy(() => transpose(toTensor<Tensor4D>(values), [0, 2, 3, 1]));
}

/** PyTorch's convolution kernel [out,in,kh,kw] as tfjs's [kh,kw,in,out]. */
export function toHWIO(values: Values): Tensor4D {
  return tidy(() => transpose(toTensor<Tensor4D>(values), [2, 3, 1, 0]));
}
