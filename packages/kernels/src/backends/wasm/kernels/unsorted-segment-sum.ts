import {
  type KernelFunc,
  type TensorInfo,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { unsortedSegmentSum as composed } from '../fallback/unsorted-segment-sum.ts';
import { moduleOf } from '../module.ts';

/** y[s] = Σ x[i] over the i with segmentIds[i] = s; ids outside of [0, numSegments) are left out. */
export const unsortedSegmentSum: Replacement = {
  kernelName: UnsortedSegmentSum,
  create: (stock): KernelFunc => {
    const otherTypes = composed.create(stock);
    return (args) => {
      const { x, segmentIds } = args.inputs as { x: TensorInfo; segmentIds: TensorInfo };
      const { numSegments } = args.attrs as unknown as UnsortedSegmentSumAttrs;
      if (x.dtype !== 'float32') return otherTypes(args);
      const module = moduleOf(args.backend);
      const innerShape = x.shape.slice(segmentIds.shape.length);
      const rows = util.sizeFromShape(segmentIds.shape);
      const y = module.output([numSegments, ...innerShape]);
      module.call(
        'segmentSum',
        module.address(x),
        module.address(segmentIds),
        rows,
        util.sizeFromShape(innerShape),
        numSegments,
        module.address(y),
      );
      return y;
    };
  },
};
