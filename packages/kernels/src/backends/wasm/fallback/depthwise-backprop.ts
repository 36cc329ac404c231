import {
  type backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import { conv2DGradientInfo } from '../../../convolution/geometry.ts';
import { replacement } from '../../../registry/define-kernels.ts';

/** dx[b,i,j,c] = Σ dy[b,h,w,c·m+q]·W[k,l,c,q] over the outputs (h,w) and taps (k,l) that meet (i,j). */
export const depthwiseBackpropInput = replacement<
  { dy: Tensor4D; filter: Tensor4D },
  DepthwiseConv2dNativeBackpropInputAttrs
>(DepthwiseConv2dNativeBackpropInput, ({ inputs: { dy, filter }, attrs }) => {
  const { inputShape, ...rest } = attrs;
  const name = DepthwiseConv2dNativeBackpropInput;
  const info = conv2DGradientInfo(name, inputShape, filter.shape, rest, dy.shape, true);
  const weights = filter.dataSync<'float32'>();
  const upstream = dy.dataSync<'float32'>();
  const dx = new Float32Array(info.inShape.reduce((p, q) => p * q, 1));
  forEachConnection(info, (x, y, w) => {
    dx[x] = (dx[x] as number) + (upstream[y] as number) * (weights[w] as number);
  });
  return tensor(dx, info.inShape);
});

/** dW[k,l,c,q] = Σ x[b,i,j,c]·dy[b,h,w,c·m+q] over the pixels that the tap (k,l) connects. */
export const depthwiseBackpropFilter = replacement<
  { x: Tensor4D; dy: Tensor4D },
  DepthwiseConv2dNativeBackpropFilterAttrs
>(DepthwiseConv2dNativeBackpropFilter, ({ inputs: { x: input, dy }, attrs }) => {
  const { filterShape, ...rest } = attrs;
  const name = DepthwiseConv2dNativeBackpropFilter;
  const info = conv2DGradientInfo(name, input.shape, filterShape, rest, dy.shape, true);
  const values = input.dataSync<'float32'>();
  const upstream = dy.dataSync<'float32'>();
  const dw = new Float32Array(filterShape.reduce((p, q) => p * q, 1));
  forEachConnection(info, (x, y, w) => {
    dw[w] = (dw[w] as number) + (values[x] as number) * (upstream[y] as number);
  });
  return tensor(dw, filterShape);
});

/** Visits the flat indices (input, output, weight) of every product of a depthwise convolution. */
function forEachConnection(
  info: backend_util.Conv2DInfo,
  visit: (x: number, y: number, w: number) => void,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const multiplier = outChannels / inChannels;
  for (let pixel = 0; pixel < info.batchSize * outHeight * outWidth; pixel++) {
    const row = Math.floor(pixel / outWidth) % outHeight;
    const image = Math.floor(pixel / outWidth / outHeight);
    for (let k = 0; k < info.filterHeight; k++) {
      const i = row * info.strideHeight - info.padInfo.top + k * info.dilationHeight;
      if (i < 0 || i >= inHeight) continue;
      for (let l = 0; l < info.filterWidth; l++) {
        const j =
          (pixel % outWidth) * info.strideWidth - info.padInfo.left + l * info.dilationWidth;
        if (j < 0 || j >= inWidth) continue;
        const x = ((image * inHeight + i) * inWidth + j) * inChannels;
        const w = (k * info.filterWidth + l) * outChannels;
        for (let o = 0; o < outChannels; o++) {
          visit(x + Math.floor(o / multiplier), pixel * outChannels + o, w + o);
        }
      }
    }
  }
}
