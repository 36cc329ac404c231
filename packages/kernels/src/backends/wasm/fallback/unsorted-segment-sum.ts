import {
  type Tensor,
  tensor,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { replacement } from '../../../registry/define-kernels.ts';

/** y[s] = Σ x[i] over the i with segmentIds[i] = s; ids outside of [0, numSegments) are left out. */
export const unsortedSegmentSum = replacement<SegmentSumInputs, UnsortedSegmentSumAttrs>(
  UnsortedSegmentSum,
  ({ inputs: { x, segmentIds }, attrs: { numSegments } }) => segmentSum(x, segmentIds, numSegments),
);

export interface SegmentSumInputs {
  x: Tensor;
  segmentIds: Tensor;
}

/** By a plain loop, for every dtype. */
export function segmentSum(x: Tensor, segmentIds: Tensor, numSegments: number): Tensor {
  const ids = segmentIds.dataSync();
  const values = x.dataSync();
  const inner = util.sizeFromShape(x.shape.slice(segmentIds.rank));
  const sums = util.makeZerosTypedArray(numSegments * inner, x.dtype as 'float32');
  ids.forEach((segment, i) => {
    if (segment < 0 || segment >= numSegments) return;
    for (let c = 0; c < inner; c++) {
      const at = segment * inner + c;
      sums[at] = (sums[at] as number) + (values[i * inner + c] as number);
    }
  });
  return tensor(sums, [numSegments, ...x.shape.slice(segmentIds.rank)], x.dtype);
}
