import {
  add,
  mul,
  reshape,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { tryFusedKernel } from './run-fused-kernel.ts';
import { type Cut, positionsPerStrip } from './strips.ts';
import { wholeBatch } from './whole-batch.ts';

export type Statistics<T extends Tensor = Tensor> = { mean: T; variance: T };

/**
 * The moving statistics [1] after an update for every strip, first strip first: moving =
 * (1 − momentum)·moving + momentum·strip's, the variance unbiased.
 *
 * @param strips mean and biased variance of the strips of x, [k], over the whole batch if x is a process's share of one
 */
export function movingStatistics(
  moving: Statistics,
  strips: Statistics<Tensor1D>,
  x: Tensor4D,
  cut: Cut,
  momentum: number,
): Statistics {
  const [images, ...map] = x.shape;
  const batch = wholeBatch(images);
  const fused = tryFusedKernel(
    'FbsdStripMovingStatistics',
    { movingMean: moving.mean, movingVariance: moving.variance, ...strips },
    { shape: [batch, ...map], parts: cut.parts, axis: cut.axis, momentum },
  );
  if (fused) return { mean: fused[0], variance: fused[1] };
  const counts = positionsPerStrip(x, cut).map((n) => n * batch);
  const unbiased: Tensor1D = mul(strips.variance, tensor1d(counts.map((n) => n / (n - 1))));
  return {
    mean: movingAverage(moving.mean, strips.mean, momentum),
    variance: movingAverage(moving.variance, unbiased, momentum),
  };
}

/** All updates in one go: (1−m)^k·r + Σ_i m·(1−m)^(k−1−i)·v_i for r [1] and v [k]. */
function movingAverage(running: Tensor, values: Tensor1D, momentum: number): Tensor1D {
  const count = values.size;
  const keep = 1 - momentum;
  const shares = Array.from({ length: count }, (_, i) => momentum * keep ** (count - 1 - i));
  const added = reshape(sum(mul(values, tensor1d(shares))), [1]);
  return add(mul(running, keep ** count), added);
}
