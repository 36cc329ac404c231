import {
  type backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropFilterInputs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type DepthwiseConv2dNativeBackpropInputInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { conv2DGradientInfo } from '../../../convolution/geometry.ts';
import { replacement } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';

/** dx[…,c] = Σ dy[…,c·m + q]·W[a,b,c,q] over the outputs and taps that the input meets. */
export const depthwiseBackpropInput = replacement<
  DepthwiseConv2dNativeBackpropInputInputs,
  DepthwiseConv2dNativeBackpropInputAttrs
>(DepthwiseConv2dNativeBackpropInput, (module, { inputs: { dy, filter }, attrs }) => {
  const { inputShape, ...rest } = attrs;
  const name = DepthwiseConv2dNativeBackpropInput;
  const info = conv2DGradientInfo(name, inputShape, filter.shape, rest, dy.shape, true);
  return run('depthwiseInputGradient', module, info, dy, filter, inputShape);
});

/** dW[a,b,c,q] = Σ x[…,c]·dy[…,c·m + q] over the pixels that the tap connects. */
export const depthwiseBackpropFilter = replacement<
  DepthwiseConv2dNativeBackpropFilterInputs,
  DepthwiseConv2dNativeBackpropFilterAttrs
>(DepthwiseConv2dNativeBackpropFilter, (module, { inputs: { x, dy }, attrs }) => {
  const { filterShape, ...rest } = attrs;
  const name = DepthwiseConv2dNativeBackpropFilter;
  const info = conv2DGradientInfo(name, x.shape, filterShape, rest, dy.shape, true);
  return run('depthwiseFilterGradient', module, info, x, dy, filterShape);
});

function run(
  name: string,
  module: WasmModule,
  info: backend_util.Conv2DInfo,
  left: TensorInfo,
  right: TensorInfo,
  shape: readonly number[],
): TensorInfo {
  const output = module.output(shape);
  const [geometry] = module.scratch(module.sizes.depthwiseBytes());
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
