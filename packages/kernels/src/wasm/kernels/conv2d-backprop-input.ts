import {
  type backend_util,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { conv2DInfo, phaseOf } from '../../geometry.ts';
import type { Replacement } from '../../install.ts';
import { moduleOf, type WasmModule } from '../module.ts';
import {
  convolve,
  convolveScratch,
  GEOMETRY_BYTES,
  type Geometry,
  panelBytes,
} from './convolution.ts';
import { convolveTiles, paysWithTiles } from './winograd.ts';

/**
 * The input gradient as convolutions of dy with the flipped, transposed kernel, one for each phase
 * of the stride (see {@link phaseOf}), each of which writes its own pixels.
 */
export const conv2DBackpropInput: Replacement = {
  kernelName: Conv2DBackpropInput,
  create: (stock) => (args) => {
    const { inputs, attrs, backend } = args;
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const { inputShape, ...rest } = attrs as unknown as Conv2DBackpropInputAttrs;
    const info = conv2DInfo(Conv2DBackpropInput, inputShape, filter.shape, rest);
    // conv2dTranspose also takes images that are larger than the convolution's output.
    if (dy.shape.join() !== info.outShape.join()) return stock(args);
    const module = moduleOf(backend);
    const dx = module.output(inputShape);
    for (let i = 0; i < Math.min(info.strideHeight, info.inHeight); i++) {
      for (let j = 0; j < Math.min(info.strideWidth, info.inWidth); j++) {
        convolvePhase(module, info, i, j, dy, filter, dx);
      }
    }
    return dx;
  },
};

function convolvePhase(
  module: WasmModule,
  info: backend_util.Conv2DInfo,
  row: number,
  column: number,
  dy: TensorInfo,
  filter: TensorInfo,
  dx: TensorInfo,
): void {
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = info;
  const vertical = phaseOf(row, strideHeight, padInfo.top, filterHeight, info.inHeight);
  const horizontal = phaseOf(column, strideWidth, padInfo.left, filterWidth, info.inWidth);
  const geometry: Geometry = {
    input: [info.outHeight, info.outWidth, info.outChannels],
    // Without taps (a stride longer than the kernel) the sums are empty: zeros are written.
    kernel: [vertical.taps, horizontal.taps],
    outChannels: info.inChannels,
    positions: [vertical.size, horizontal.size],
    strides: [1, 1],
    origin: [vertical.offset - vertical.taps + 1, horizontal.offset - horizontal.taps + 1],
    dilations: [1, 1],
    output: {
      size: [info.inHeight, info.inWidth],
      steps: [strideHeight, strideWidth],
      first: [row, column],
    },
  };
  if (paysWithTiles(geometry, info.batchSize)) {
    convolveTiles(module, geometry, info.batchSize, { x: dy, filter, y: dx }, true);
    return;
  }
  const depth = vertical.taps * horizontal.taps * info.outChannels;
  const [address, weights, scratch] = module.scratch(
    GEOMETRY_BYTES,
    panelBytes(depth, info.inChannels),
    module.threads * convolveScratch(geometry),
  ) as [number, number, number];
  module.call(
    'packFlippedFilter',
    module.address(filter),
    filterWidth,
    info.inChannels,
    info.outChannels,
    vertical.first,
    horizontal.first,
    strideHeight,
    strideWidth,
    vertical.taps,
    horizontal.taps,
    weights,
  );
  convolve(module, geometry, info.batchSize, { geometry: address, weights, scratch }, dy, dx);
}
