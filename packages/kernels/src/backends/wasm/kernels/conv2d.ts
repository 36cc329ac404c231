import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import {
  type ConvolutionInputs,
  convolutionKernels,
} from '../../../convolution/convolution-kernels.ts';
import { forwardGeometry } from '../../../convolution/geometry.ts';
import { moduleOf, type WasmModule } from '../module.ts';
import { convolve, convolveScratch, packPanels } from './convolution.ts';
import { convolveTiles, paysWithTiles } from './winograd.ts';

/** Convolution as an implicit matrix product: no im2col, and no cache of packed weights. */
export const convolutions = convolutionKernels((inputs, info, backend, relu) => {
  const module = moduleOf(backend);
  return module.runKernel(() => forward(module, inputs, info, relu));
}, true);

function forward(
  module: WasmModule,
  { x, filter, bias }: ConvolutionInputs,
  info: backend_util.Conv2DInfo,
  relu: boolean,
): TensorInfo {
  const geometry = { ...forwardGeometry(info), relu };
  const y = module.output(info.outShape);
  if (paysWithTiles(module, geometry, info.batchSize)) {
    convolveTiles(module, geometry, info.batchSize, { x, filter, bias, y });
    return y;
  }
  const depth = info.filterHeight * info.filterWidth * info.inChannels;
  const [address, weights, ...scratch] = module.scratch(
    module.sizes.convolutionBytes(),
    module.sizes.panelBytes(depth, info.outChannels),
    ...convolveScratch(module, geometry),
  );
  const unpacked = module.address(filter);
  packPanels(module, 'packFilter', depth, info.outChannels, (first, last) => [
    unpacked,
    depth,
    info.outChannels,
    weights,
    first,
    last,
  ]);
  convolve(module, geometry, info.batchSize, { geometry: address, weights, scratch }, x, y, bias);
  return y;
}
