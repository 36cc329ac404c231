import {
  type backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  matMul,
  pad,
  reshape,
  stack,
  stridedSlice,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { conv2DGradientInfo } from '../../../convolution/geometry.ts';
import { replacement } from '../../../registry/define-kernels.ts';

/** dW[a,b] = x(shifted by a,b)ᵀ · dy: one matrix product per tap of the kernel. */
export const conv2DBackpropFilter = replacement<
  { x: Tensor4D; dy: Tensor4D },
  Conv2DBackpropFilterAttrs
>(Conv2DBackpropFilter, ({ inputs: { x, dy }, attrs }) => {
  const { filterShape, ...rest } = attrs;
  const info = conv2DGradientInfo(Conv2DBackpropFilter, x.shape, filterShape, rest, dy.shape);
  return filterGradient(x, dy, info);
});

function filterGradient(x: Tensor4D, dy: Tensor4D, info: backend_util.Conv2DInfo): Tensor {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
  const pixels = batchSize * outHeight * outWidth;
  if (pixels === 0) return zeros(info.filterShape);
  return tidy(() => {
    const upstream = reshape(dy, [pixels, outChannels]);
    const channelsFirst = pad(transpose(x, [3, 0, 1, 2]), [
      [0, 0],
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
    ]); // [C,B,H,W]
    const taps: Tensor[] = [];
    for (let a = 0; a < info.filterHeight; a++) {
      for (let b = 0; b < info.filterWidth; b++) {
        const tap = tidy(() => {
          const bottom = a + (outHeight - 1) * info.strideHeight + 1;
          const right = b + (outWidth - 1) * info.strideWidth + 1;
          const window = stridedSlice(
            channelsFirst,
            [0, 0, a, b],
            [inChannels, batchSize, bottom, right],
            [1, 1, info.strideHeight, info.strideWidth],
          );
          // [C,pixels] · [pixels,O] → [C,O]
          return matMul(reshape(window, [inChannels, pixels]) as Tensor, upstream as Tensor);
        });
        taps.push(tap);
      }
    }
    return reshape(stack(taps), info.filterShape);
  });
}
