import {
  concat,
  dispose,
  gatherND,
  getBackend,
  range,
  reshape,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

/** Elements of the largest position × position matrix that may be made at once: 64 MiB. */
const BUDGET = 2 ** 24;

/**
 * How many images to work on at once, so that the matrices between their positions stay small.
 *
 * One on wasm, whose matMul is fast for a single product only. Elsewhere as many as the budget
 * holds: fewer, larger operations suit a GPU.
 *
 * @param maps [B,…,C] each
 */
export function imagesAtOnce(maps: readonly { shape: readonly number[] }[]): number {
  if (getBackend() === 'wasm') return 1;
  const positions = maps.map(({ shape }) => shape.slice(1, -1).reduce((a, b) => a * b, 1));
  const [largest = 1, second = 1] = positions.sort((a, b) => b - a);
  return Math.max(1, Math.floor(BUDGET / (largest * second)));
}

/**
 * Applies `f` to `size` images after the other and puts the results together.
 *
 * @param inputs tensors [B,…]
 * @param f takes the same images of every input, and leaves them as they are; returns new tensors of
 *   as many images
 */
export function byImages(
  inputs: readonly Tensor[],
  size: number,
  f: (inputs: readonly Tensor[]) => Tensor[],
): Tensor[] {
  const batch = (inputs[0] as Tensor).shape[0] as number;
  if (size >= batch) return tidy(() => f(inputs));
  return tidy(() => {
    const results: Tensor[][] = [];
    for (let begin = 0; begin < batch; begin += size) {
      const end = Math.min(begin + size, batch);
      results.push(tidy(() => f(inputs.map((x) => take(x, begin, end)))));
    }
    return (results[0] as Tensor[]).map((_, i) => {
      const parts = results.map((result) => result[i] as Tensor);
      const whole = concat(parts);
      dispose(parts);
      return whole;
    });
  });
}

/** Images `begin` to `end` − 1. Not by `slice`: that of wasm copies all images first. */
function take(x: Tensor, begin: number, end: number): Tensor {
  return gatherND(x, reshape(range(begin, end, 1, 'int32'), [end - begin, 1]));
}
