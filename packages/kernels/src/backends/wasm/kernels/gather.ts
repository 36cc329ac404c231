import { GatherV2, type GatherV2Attrs, type GatherV2Inputs, util } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';

/** Rows of x by their index: how `model.fit()` makes a batch. Other axes stay with the stock kernel. */
export const gather = replacement<GatherV2Inputs, GatherV2Attrs>(
  GatherV2,
  (module, { inputs: { x, indices }, attrs: { axis, batchDims }, stock }) => {
    const [rows, ...row] = x.shape as [number, ...number[]];
    const length = util.sizeFromShape(row);
    const fourBytes = x.dtype === 'float32' || x.dtype === 'int32';
    if (axis !== 0 || batchDims !== 0 || !fourBytes || indices.dtype !== 'int32') {
      return stock();
    }
    const count = util.sizeFromShape(indices.shape);
    if (count * length === 0) return stock();
    const from = module.address(indices);
    // The stock kernel says which index is out of range.
    const inRange = (index: number) => index >= 0 && index < rows;
    if (!module.integers(from, count).every(inRange)) return stock();
    const y = module.output([...indices.shape, ...row], x.dtype);
    const [source, target] = [module.address(x), module.address(y)];
    module.parallel('gather', { items: count, cost: length }, (first, last) => [
      source,
      from,
      length,
      target,
      first,
      last,
    ]);
    return y;
  },
);
