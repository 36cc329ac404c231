import {
  type backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { conv2DInfo } from '../../../convolution/geometry.ts';
import type { Replacement } from '../../../registry/install.ts';
import { moduleOf } from '../module.ts';

/** dx[…,c] = Σ dy[…,c·m + q]·W[a,b,c,q] over the outputs and taps that the input meets. */
export const depthwiseBackpropInput: Replacement = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  create:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
      const { inputShape, ...rest } = attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
      const name = DepthwiseConv2dNativeBackpropInput;
      const info = conv2DInfo(name, inputShape, filter.shape, rest, true);
      return run('depthwiseInputGradient', backend, info, dy, filter, inputShape);
    },
};

/** dW[a,b,c,q] = Σ x[…,c]·dy[…,c·m + q] over the pixels that the tap connects. */
export const depthwiseBackpropFilter: Replacement = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  create:
    () =>
    ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
      const { filterShape, ...rest } = attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
      const name = DepthwiseConv2dNativeBackpropFilter;
      const info = conv2DInfo(name, x.shape, filterShape, rest, true);
      return run('depthwiseFilterGradient', backend, info, x, dy, filterShape);
    },
};

function run(
  name: string,
  backend: object,
  info: backend_util.Conv2DInfo,
  left: TensorInfo,
  right: TensorInfo,
  shape: readonly number[],
): TensorInfo {
  const module = moduleOf(backend);
  const output = module.output(shape);
  const [geometry] = module.scratch(60) as [number];
  // The order of `Depthwise` in assembly/depthwise.ts.
  module.writeIntegers(geometry, [
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.outChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
    info.dilationHeight,
    info.dilationWidth,
  ]);
  module.call(name, geometry, ...[left, right, output].map((t) => module.address(t)));
  return output;
}
