import {
  GatherV2,
  type GatherV2Attrs,
  type KernelFunc,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { moduleOf } from '../module.ts';

/** Rows of x by their index: how `model.fit()` makes a batch. Other axes stay with the stock kernel. */
export const gather: Replacement = {
  kernelName: GatherV2,
  create:
    (stock): KernelFunc =>
    (args) => {
      const { x, indices } = args.inputs as { x: TensorInfo; indices: TensorInfo };
      const { axis, batchDims } = args.attrs as unknown as GatherV2Attrs;
      const [rows, ...row] = x.shape as [number, ...number[]];
      const length = util.sizeFromShape(row);
      const fourBytes = x.dtype === 'float32' || x.dtype === 'int32';
      if (axis !== 0 || batchDims !== 0 || !fourBytes || indices.dtype !== 'int32') {
        return stock(args);
      }
      const count = util.sizeFromShape(indices.shape);
      if (count * length === 0) return stock(args);
      const module = moduleOf(args.backend);
      const from = module.address(indices);
      // The stock kernel says which index is out of range.
      const inRange = (index: number) => index >= 0 && index < rows;
      if (!module.integers(from, count).every(inRange)) return stock(args);
      const y = module.output([...indices.shape, ...row], x.dtype);
      const [source, target] = [module.address(x), module.address(y)];
      module.parallel('gather', { items: count, cost: length }, (first, last) => [
        ...[source, from, length, target, first, last],
      ]);
      return y;
    },
};
