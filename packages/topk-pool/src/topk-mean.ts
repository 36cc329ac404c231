import {
  broadcastTo,
  customGrad,
  div,
  type GradSaveFunc,
  mean,
  range,
  reshape,
  scatterND,
  stack,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
  topk,
  transpose,
} from '@tensorflow/tfjs-core';
import { checkKnown } from './known-options.ts';
import { checkK, checkPositions } from './positions.ts';
import { runFusedKernel, tryFusedKernel } from './run-fused-kernel.ts';

/** Options of {@link topKMean}. */
export interface TopKMeanOptions {
  /**
   * How many of the largest responses of each channel are averaged; a whole number ≥ 1.
   * @default 5
   */
  k?: number;
}

/** The defaults of the op and the layer: k as published. */
export const DEFAULTS = { k: 5 } as const;

/**
 * Mean of the k largest responses of each channel: y[b,c] = 1/k · Σ of the k largest x[b,·,c].
 *
 * Differentiable: dy/k goes to the k positions that were chosen, nothing to the others. Of equal
 * responses the first positions are chosen (row by row), so always exactly k. Where NaN ranks among
 * numbers is left open, as in `tf.topk`. The op cannot be differentiated twice.
 *
 * @param x float32 [B,H,W,C], or [B,S,C] for S positions
 * @returns float32 [B,C]
 * @throws TypeError if `k` is no number or `x` is not float32; RangeError if `k` is no whole number
 *   ≥ 1, if `x` has another rank, or fewer than `k` positions
 *
 * Source: FBSD (arXiv 2103.02782), the pooling before each classifier in the published code.
 */
export function topKMean(x: Tensor, options: TopKMeanOptions = {}): Tensor2D {
  checkKnown('[@fbsd/topk-pool] topKMean', options, Object.keys(DEFAULTS));
  const { k } = { ...DEFAULTS, ...options };
  checkK('topKMean', k);
  checkPositions('topKMean', k, x.shape);
  if (x.dtype !== 'float32') {
    throw new TypeError(
      `[@fbsd/topk-pool] topKMean: expected float32 input; got ${x.dtype}. Cast the input first.`,
    );
  }
  const shape = x.shape;
  const op = customGrad((input, save) => {
    const fused = tryFusedKernel('FbsdTopKMean', { x: input as Tensor }, { k });
    const [value, indices] = fused ?? fallback(input as Tensor, k);
    (save as GradSaveFunc)([indices]); // B·C·k integers: the input is not needed again
    const gradient = fused ? fusedGradient : scatter;
    return {
      value,
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => gradient(dy, saved as Tensor3D, shape),
    };
  });
  return op(x) as Tensor2D;
}

/** The gradient from positions [B,k,C], as the fused kernel chose them. */
function fusedGradient(dy: Tensor, indices: Tensor3D, shape: number[]): Tensor {
  return runFusedKernel('FbsdTopKMeanGradient', { dy, indices }, { shape })[0];
}

/** The means of the k largest values, and their positions: [B,…,C] → [B,C], [B,C,k]. */
function fallback(x: Tensor, k: number): [Tensor, Tensor] {
  const [batch, channels] = [x.shape[0] as number, x.shape.at(-1) as number];
  return tidy(() => {
    const columns = transpose(reshape(x, [batch, -1, channels]), [0, 2, 1]); // [B,S,C] → [B,C,S]
    const { values, indices } = topk(columns, k, false);
    return [mean(values, -1), indices] as [Tensor, Tensor];
  });
}

/** Puts dy/k at the chosen positions: dy [B,C], indices [B,C,k] → [B,…,C] of shape `shape`. */
function scatter(dy: Tensor, indices: Tensor3D, shape: number[]): Tensor {
  const [batch, channels, k] = indices.shape;
  return tidy(() => {
    // A coordinate each instead of one flat index: that outgrows the exact integers of WebGL.
    const image = reshape(range(0, batch, 1, 'int32'), [batch, 1, 1]);
    const channel = reshape(range(0, channels, 1, 'int32'), [1, channels, 1]);
    const whole = [batch, channels, k];
    const coordinates = [broadcastTo(image, whole), indices, broadcastTo(channel, whole)];
    const where = reshape(stack(coordinates, -1), [-1, 3]); // [B·C·k,3]
    const share = broadcastTo(reshape(div(dy, k), [batch, channels, 1]), whole);
    const positions = shape.slice(1, -1).reduce((a, b) => a * b);
    const dx = scatterND(where, reshape(share, [-1]), [batch, positions, channels]);
    return reshape(dx, shape); // [B,S,C] → [B,…,C]
  });
}
