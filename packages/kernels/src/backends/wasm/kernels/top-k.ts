import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { moduleOf } from '../module.ts';

/**
 * FbsdTopKMean, of @fbsd/topk-pool: x [B,…,C] → y [B,C], the mean of the k largest of each channel,
 * and the positions of these, int32 [B,k,C].
 */
export const topKMean: Replacement = {
  kernelName: 'FbsdTopKMean',
  create:
    () =>
    ({ inputs, attrs, backend }) => {
      const { x } = inputs as { x: TensorInfo };
      const { k } = attrs as { k: number };
      const [batch, channels] = [x.shape[0] as number, x.shape.at(-1) as number];
      const positions = util.sizeFromShape(x.shape.slice(1, -1));
      const module = moduleOf(backend);
      const y = module.output([batch, channels]);
      const indices = module.output([batch, k, channels], 'int32');
      const [scratch] = module.scratch(module.threads * 32 * k) as [number];
      const [from, to, places] = [x, y, indices].map((t) => module.address(t));
      const work = { items: batch, cost: positions * channels };
      module.parallel('topKMean', work, (first, last, thread) => [
        ...([from, positions, channels, k, to, places] as number[]),
        ...[first, last, scratch + thread * 32 * k],
      ]);
      return [y, indices];
    },
};

/** FbsdTopKMeanGradient: dy/k at these positions, zero elsewhere; dx has the attribute `shape`. */
export const topKMeanGradient: Replacement = {
  kernelName: 'FbsdTopKMeanGradient',
  create:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, indices } = inputs as { dy: TensorInfo; indices: TensorInfo };
      const { shape } = attrs as { shape: number[] };
      const [batch, k, channels] = indices.shape as [number, number, number];
      const positions = util.sizeFromShape(shape.slice(1, -1));
      const module = moduleOf(backend);
      const dx = module.output(shape);
      const [from, places, to] = [dy, indices, dx].map((t) => module.address(t));
      const work = { items: batch, cost: positions * channels };
      module.parallel('topKMeanGradient', work, (first, last) => [
        ...([from, places, positions, channels, k, to, first, last] as number[]),
      ]);
      return dx;
    },
};
