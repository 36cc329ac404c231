import {
  Conv2D,
  type Conv2DAttrs,
  type Conv2DInputs,
  DepthwiseConv2dNative,
  FusedConv2D,
  FusedDepthwiseConv2D,
  zeros,
} from '@tensorflow/tfjs-core';
import { conv2DInfo, withOutputsOf } from '../../convolution/geometry.ts';
import { replacement } from '../../registry/define-kernels.ts';

/*
 * The stock kernels count padding and outputs themselves, and are wrong where
 * - under 'same' a stride is longer than the kernel: they come to less than no padding and give zeros,
 * - the outputs are counted upwards: they leave the last ones unwritten,
 * - there are no outputs: they write outside of them.
 * So there they get the padding in numbers, with what the last outputs reach, or are not called.
 */

const withExplicitPadding = (kernelName: string, depthwise: boolean) =>
  replacement<Conv2DInputs, Conv2DAttrs>(kernelName, ({ inputs: { x, filter }, attrs, stock }) => {
    if ((attrs.dataFormat ?? 'NHWC') !== 'NHWC') return stock();
    const info = conv2DInfo(kernelName, x.shape, filter.shape, attrs, depthwise);
    if (info.outShape.includes(0)) return zeros(info.outShape);
    const longer =
      info.strideHeight > info.effectiveFilterHeight ||
      info.strideWidth > info.effectiveFilterWidth;
    const upwards = attrs.dimRoundingMode === 'ceil' || attrs.dimRoundingMode === 'round';
    if (!upwards && !(longer && attrs.pad === 'same')) return stock();
    const { top, bottom, left, right } = withOutputsOf({ shape: info.outShape }, info).padInfo;
    const pad = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    return stock({ attrs: { ...attrs, pad, dimRoundingMode: undefined } });
  });

/** Convolutions, as the stock kernels do them right. */
export const paddedConvolutions = [Conv2D, FusedConv2D].map((name) =>
  withExplicitPadding(name, false),
);

/** Depthwise convolutions, likewise. */
export const paddedDepthwiseConvolutions = [DepthwiseConv2dNative, FusedDepthwiseConv2D].map(
  (name) => withExplicitPadding(name, true),
);
