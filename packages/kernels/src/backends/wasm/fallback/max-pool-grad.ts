import {
  backend_util,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import { replacement } from '../../../registry/define-kernels.ts';

/**
 * Each window's gradient goes to its first maximum (row by row). The stock kernel starts its search
 * at zero, so that windows without a positive value send their gradient to the wrong place.
 */
export const maxPoolGrad = replacement<{ dy: Tensor4D; input: Tensor4D }, MaxPoolGradAttrs>(
  MaxPoolGrad,
  ({ inputs: { dy, input }, attrs }) => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const info = backend_util.computePool2DInfo(
      input.shape,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const x = input.dataSync<'float32'>();
    const upstream = dy.dataSync<'float32'>();
    const dx = new Float32Array(input.size);
    for (let o = 0; o < upstream.length; o++) {
      const winner = firstMaximum(x, o, info);
      if (winner >= 0) dx[winner] = (dx[winner] as number) + (upstream[o] as number);
    }
    return tensor(dx, input.shape);
  },
);

/** Index into x of the first maximum of the window behind output o; −1 if all are NaN or −∞. */
function firstMaximum(x: Float32Array, o: number, info: backend_util.Conv2DInfo): number {
  const { inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  const channel = o % inChannels;
  const column = Math.floor(o / inChannels) % outWidth;
  const row = Math.floor(o / inChannels / outWidth) % outHeight;
  const image = Math.floor(o / inChannels / outWidth / outHeight);
  const top = row * info.strideHeight - info.padInfo.top;
  const left = column * info.strideWidth - info.padInfo.left;
  let largest = Number.NEGATIVE_INFINITY;
  let winner = -1;
  for (let h = Math.max(0, top); h < Math.min(inHeight, top + info.filterHeight); h++) {
    for (let w = Math.max(0, left); w < Math.min(inWidth, left + info.filterWidth); w++) {
      const index = ((image * inHeight + h) * inWidth + w) * inChannels + channel;
      if ((x[index] as number) > largest) {
        largest = x[index] as number;
        winner = index;
      }
    }
  }
  return winner;
}
