import {
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { conv2DInfo, inputGradientPhases } from '../../../convolution/geometry.ts';
import type { Replacement } from '../../../registry/install.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output } from '../runtime/program.ts';
import { convolve } from '../shaders/convolution.ts';

/**
 * The input gradient as convolutions of dy with the flipped, transposed filter, one dispatch for each
 * phase of the stride. The stock kernel runs through all taps for each pixel and skips those that
 * the stride leaves out.
 */
export const conv2DBackpropInput: Replacement = {
  kernelName: Conv2DBackpropInput,
  create: (stock) => (args) => {
    const { dy, filter } = args.inputs as { dy: TensorInfo; filter: TensorInfo };
    const { inputShape, ...attrs } = args.attrs as unknown as Conv2DBackpropInputAttrs;
    if (attrs.dataFormat === 'NCHW') return stock(args);
    const info = conv2DInfo(Conv2DBackpropInput, inputShape, filter.shape, attrs);
    // conv2dTranspose also takes images that are larger than the convolution's output.
    if (dy.shape.join() !== info.outShape.join()) return stock(args);
    const backend = args.backend as WebGPUBackend;
    const dx = output(backend, inputShape);
    for (const { geometry, vertical, horizontal } of inputGradientPhases(info)) {
      const [tapRows, tapColumns] = geometry.output.steps;
      convolve(
        backend,
        Conv2DBackpropInput,
        geometry,
        { x: dy, filter, y: dx },
        {
          filterWidth: info.filterWidth,
          lastRow: vertical.first + (vertical.taps - 1) * tapRows,
          lastColumn: horizontal.first + (horizontal.taps - 1) * tapColumns,
          tapRows,
          tapColumns,
        },
      );
    }
    return dx;
  },
};
