import {
  AvgPool,
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  type Conv2DInputs,
  DepthwiseConv2dNative,
  FusedConv2D,
  FusedDepthwiseConv2D,
  MaxPool,
  type MaxPoolAttrs,
  type MaxPoolInputs,
  type TensorInfo,
  zeros,
} from '@tensorflow/tfjs-core';
import { conv2DInfo, withPaddingBehind } from '../../convolution/geometry.ts';
import { type KernelCall, replacement } from '../../registry/define-kernels.ts';

/*
 * The stock kernels count padding and outputs themselves, and are wrong where
 * - under 'same' the stride of a convolution is longer than its kernel: they come to less than no padding and give zeros,
 * - the outputs are counted upwards: they leave the last ones unwritten,
 * - there are no outputs: they write outside of them.
 * So there they get the padding in numbers, with what the last outputs reach, or are not called.
 */

interface Attrs {
  pad: unknown;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Calls the stock kernel such that it does it right. */
function called(
  { attrs, stock }: KernelCall<object, Attrs>,
  info: backend_util.Conv2DInfo,
  always: boolean,
): TensorInfo | TensorInfo[] {
  if (info.outShape.includes(0)) return zeros(info.outShape);
  const upwards = attrs.dimRoundingMode === 'ceil' || attrs.dimRoundingMode === 'round';
  if (!upwards && !always) return stock();
  const { top, bottom, left, right } = withPaddingBehind(info).padInfo;
  const pad = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return stock({ attrs: { ...attrs, pad, dimRoundingMode: undefined } });
}

const convolution = (kernelName: string, depthwise: boolean) =>
  replacement<Conv2DInputs, Conv2DAttrs>(kernelName, (call) => {
    const { inputs, attrs, stock } = call;
    if ((attrs.dataFormat ?? 'NHWC') !== 'NHWC') return stock();
    const info = conv2DInfo(kernelName, inputs.x.shape, inputs.filter.shape, attrs, depthwise);
    const longer =
      info.strideHeight > info.effectiveFilterHeight ||
      info.strideWidth > info.effectiveFilterWidth;
    return called(call, info, longer && attrs.pad === 'same');
  });

const pooling = (kernelName: string) =>
  replacement<MaxPoolInputs, MaxPoolAttrs>(kernelName, (call) => {
    const { inputs, attrs } = call;
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const shape = inputs.x.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(
      shape,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    return called(call, info, false);
  });

/** Convolutions, as the stock kernels do them right. */
export const paddedConvolutions = [Conv2D, FusedConv2D].map((name) => convolution(name, false));

/** Depthwise convolutions and pooling, likewise. */
export const paddedWindows = [
  ...[DepthwiseConv2dNative, FusedDepthwiseConv2D].map((name) => convolution(name, true)),
  ...[MaxPool, AvgPool].map(pooling),
];
