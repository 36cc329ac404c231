import {
  backend_util,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type MaxPoolGradInputs,
} from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';

/**
 * Each window's gradient goes to its first maximum. The stock kernel starts its search at zero, so
 * that windows without a positive value send their gradient to the wrong place.
 */
export const maxPoolGrad = replacement<MaxPoolGradInputs, MaxPoolGradAttrs>(
  MaxPoolGrad,
  (module, { inputs: { dy, input }, attrs }) => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const info = backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const dx = module.output(input.shape);
    const addresses = [input, dy, dx].map((t) => module.address(t));
    const outputs = info.outHeight * info.outWidth * info.inChannels;
    const cost = outputs * info.filterHeight * info.filterWidth;
    module.parallel('maxPoolGradient', { items: info.batchSize, cost }, (first, last) => [
      ...addresses,
      info.inHeight,
      info.inWidth,
      info.inChannels,
      info.outHeight,
      info.outWidth,
      info.filterHeight,
      info.filterWidth,
      info.strideHeight,
      info.strideWidth,
      info.padInfo.top,
      info.padInfo.left,
      first,
      last,
    ]);
    return dx;
  },
);
