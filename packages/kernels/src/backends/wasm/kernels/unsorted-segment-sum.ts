import { UnsortedSegmentSum, type UnsortedSegmentSumAttrs, util } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';
import { type SegmentSumInputs, segmentSum } from '../fallback/unsorted-segment-sum.ts';

/** y[s] = Σ x[i] over the i with segmentIds[i] = s; ids outside of [0, numSegments) are left out. */
export const unsortedSegmentSum = replacement<SegmentSumInputs, UnsortedSegmentSumAttrs>(
  UnsortedSegmentSum,
  (module, { inputs: { x, segmentIds }, attrs: { numSegments } }) => {
    if (x.dtype !== 'float32') return segmentSum(x, segmentIds, numSegments);
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
  },
);
