import {
  concat,
  div,
  reshape,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './run-fused-kernel.ts';

/*
 * Means over a batch that several processes share: `synchronizeBatchNorms` of @fbsd/kernels says when they do, and adds up.
 */

/** Whether processes share batches at the moment. */
export function isShared(): boolean {
  return hasFusedKernel('FbsdAllReduceSum');
}

/** The mean over the images of the whole batch: [B,k] of this process's share → [1,k]. */
export function wholeBatchMean(values: Tensor2D): Tensor2D {
  const [images, parts] = values.shape;
  return tidy(() => {
    const sums = allReduceSum(concat([sum(values, 0), tensor1d([images])]));
    return reshape(div(slice(sums, 0, parts), slice(sums, parts, 1)), [1, parts]);
  });
}

/** How many images the whole batch has. @param images of this process's share */
export function wholeBatch(images: number): number {
  if (!isShared()) return images;
  return tidy(() => allReduceSum(tensor1d([images])).dataSync()[0] as number);
}

function allReduceSum(x: Tensor): Tensor {
  return runFusedKernel('FbsdAllReduceSum', { x }, {})[0];
}
