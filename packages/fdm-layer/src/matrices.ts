import { getBackend, matMul, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';

/** The transposed matrices of a batch: [B,S,M] → [B,M,S]. */
export function swap(x: Tensor): Tensor {
  return transpose(x, [0, 2, 1]);
}

/** a·bᵀ for each matrix of a batch: [B,S,C], [B,M,C] → [B,S,M]. */
export function timesTransposed(a: Tensor, b: Tensor): Tensor {
  return transposesAreSlow() ? tidy(() => matMul(a, swap(b))) : matMul(a, b, false, true);
}

/** aᵀ·b for each matrix of a batch: [B,S,M], [B,S,C] → [B,M,C]. */
export function transposedTimes(a: Tensor, b: Tensor): Tensor {
  return transposesAreSlow() ? tidy(() => matMul(swap(a), b)) : matMul(a, b, true, false);
}

/**
 * Stock wasm leaves its fast path for a product with a transpose: 45 times slower at
 * [3136,784]ᵀ·[3136,1024], where writing the transpose out takes 2% of the fast product.
 */
function transposesAreSlow(): boolean {
  return getBackend() === 'wasm';
}

/** `f(x)`, with x disposed at once and not at the end of the surrounding tidy. */
export function consume(x: Tensor, f: (x: Tensor) => Tensor): Tensor {
  const y = f(x);
  x.dispose();
  return y;
}
