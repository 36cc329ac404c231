import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import {
  type ConvolutionInputs,
  convolutionKernels,
} from '../../../convolution/convolution-kernels.ts';
import { conv2DInfo, forwardGeometry } from '../../../convolution/geometry.ts';
import { fusedKernel } from '../define-kernels.ts';
import { moduleOf, type WasmModule } from '../module.ts';
import { convolve, convolveScratch, packPanels } from './convolution.ts';
import { convolveTiles, paysWithTiles } from './winograd.ts';

/** Convolution as an implicit matrix product: no im2col, and no cache of packed weights. */
export const convolutions = convolutionKernels((inputs, info, backend, relu) => {
  const module = moduleOf(backend);
  return module.runKernel(() => forward(module, inputs, info, relu));
}, true);

/** FbsdResidualConv2D: [relu](x ∗ filter + bias + residual); the residual is added as the outputs are written. */
export const residualConv2D = fusedKernel('FbsdResidualConv2D', (module, inputs, attrs) => {
  const { x, filter } = inputs;
  const info = conv2DInfo('FbsdResidualConv2D', x.shape, filter.shape, attrs);
  return [forward(module, inputs, info, attrs.relu)];
});

function forward(
  module: WasmModule,
  { x, filter, bias, residual }: ConvolutionInputs & { residual?: TensorInfo },
  info: backend_util.Conv2DInfo,
  relu: boolean,
): TensorInfo {
  const y = module.output(info.outShape);
  const apart = residual && { residual: (module.address(residual) - module.address(y)) / 4 };
  const geometry = { ...forwardGeometry(info), relu, ...apart };
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
