import { util } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';

/**
 * FbsdTopKMean, of @fbsd/topk-pool: x [B,…,C] → y [B,C], the mean of the k largest of each channel,
 * and the positions of these, int32 [B,k,C].
 */
export const topKMean = fusedKernel('FbsdTopKMean', (module, { x }, { k }) => {
  const [batch, channels] = [x.shape[0] as number, x.shape.at(-1) as number];
  const positions = util.sizeFromShape(x.shape.slice(1, -1));
  const y = module.output([batch, channels]);
  const indices = module.output([batch, k, channels], 'int32');
  const scratch = module.scratch(...module.forEachThread(module.sizes.topKMeanScratchBytes(k)));
  const [from, to, places] = [module.address(x), module.address(y), module.address(indices)];
  const work = { items: batch, cost: positions * channels };
  module.parallel('topKMean', work, (first, last, thread) => [
    from,
    positions,
    channels,
    k,
    to,
    places,
    first,
    last,
    scratch[thread] as number,
  ]);
  return [y, indices];
});

/** FbsdTopKMeanGradient: dy/k at these positions, zero elsewhere; dx has the attribute `shape`. */
export const topKMeanGradient = fusedKernel(
  'FbsdTopKMeanGradient',
  (module, { dy, indices }, { shape }) => {
    const [batch, k, channels] = indices.shape;
    const positions = util.sizeFromShape(shape.slice(1, -1));
    const dx = module.output(shape);
    const [from, places, to] = [module.address(dy), module.address(indices), module.address(dx)];
    const work = { items: batch, cost: positions * channels };
    module.parallel('topKMeanGradient', work, (first, last) => [
      from,
      places,
      positions,
      channels,
      k,
      to,
      first,
      last,
    ]);
    return [dx];
  },
);
