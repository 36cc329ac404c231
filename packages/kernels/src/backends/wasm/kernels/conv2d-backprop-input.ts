import {
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type Conv2DBackpropInputInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {
  conv2DGradientInfo,
  fits,
  type InputGradientPhase,
  inputGradientPhases,
} from '../../../convolution/geometry.ts';
import { isImageGradientUnread } from '../../../gradients/unread-gradient.ts';
import { replacement } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';
import { convolve, convolveScratch, packPanels } from './convolution.ts';
import { convolveTiles, paysWithTiles } from './winograd.ts';

/**
 * The input gradient as convolutions of dy with the flipped, transposed kernel, one for each phase
 * of the stride (see {@link phaseOf}), each of which writes its own pixels.
 */
export const conv2DBackpropInput = replacement<Conv2DBackpropInputInputs, Conv2DBackpropInputAttrs>(
  Conv2DBackpropInput,
  (module, { inputs: { dy, filter }, attrs, stock }) => {
    const { inputShape, ...rest } = attrs;
    const info = conv2DGradientInfo(Conv2DBackpropInput, inputShape, filter.shape, rest, dy.shape);
    // conv2dTranspose also takes images that are larger than the convolution's output.
    if (!fits(info, dy.shape)) return stock();
    const dx = module.output(inputShape);
    if (isImageGradientUnread()) return dx;
    for (const phase of inputGradientPhases(info)) {
      convolvePhase(module, phase, info.batchSize, { dy, filter, dx });
    }
    return dx;
  },
);

function convolvePhase(
  module: WasmModule,
  { geometry, vertical, horizontal }: InputGradientPhase,
  batch: number,
  { dy, filter, dx }: Record<'dy' | 'filter' | 'dx', TensorInfo>,
): void {
  if (paysWithTiles(module, geometry, batch)) {
    convolveTiles(module, geometry, batch, { x: dy, filter, y: dx }, true);
    return;
  }
  const [, filterWidth, inChannels, outChannels] = filter.shape as [number, number, number, number];
  const [strideHeight, strideWidth] = geometry.output.steps;
  const depth = vertical.taps * horizontal.taps * outChannels;
  const [address, weights, ...scratch] = module.scratch(
    module.sizes.convolutionBytes(),
    module.sizes.panelBytes(depth, inChannels),
    ...convolveScratch(module, geometry),
  );
  const unpacked = module.address(filter);
  packPanels(module, 'packFlippedFilter', depth, inChannels, (first, last) => [
    unpacked,
    filterWidth,
    inChannels,
    outChannels,
    vertical.first,
    horizontal.first,
    strideHeight,
    strideWidth,
    vertical.taps,
    horizontal.taps,
    weights,
    first,
    last,
  ]);
  convolve(module, geometry, batch, { geometry: address, weights, scratch }, dy, dx);
}
