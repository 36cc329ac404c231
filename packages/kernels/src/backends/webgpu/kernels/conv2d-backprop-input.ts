import {
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type Conv2DBackpropInputInputs,
} from '@tensorflow/tfjs-core';
import { conv2DGradientInfo, fits, inputGradientPhases } from '../../../convolution/geometry.ts';
import { isImageGradientUnread } from '../../../gradients/unread-gradient.ts';
import { replacement } from '../define-kernels.ts';
import { output, zeros } from '../runtime/program.ts';
import { convolve } from '../shaders/convolution.ts';

/**
 * The input gradient as convolutions of dy with the flipped, transposed filter, one dispatch for each
 * phase of the stride. The stock kernel runs through all taps for each pixel and skips those that
 * the stride leaves out.
 */
export const conv2DBackpropInput = replacement<Conv2DBackpropInputInputs, Conv2DBackpropInputAttrs>(
  Conv2DBackpropInput,
  (backend, { inputs: { dy, filter }, attrs, stock }) => {
    const { inputShape, ...rest } = attrs;
    if (rest.dataFormat === 'NCHW') return stock();
    const info = conv2DGradientInfo(Conv2DBackpropInput, inputShape, filter.shape, rest, dy.shape);
    // conv2dTranspose also takes images that are larger than the convolution's output.
    if (!fits(info, dy.shape)) return stock();
    if ([...dy.shape, ...inputShape].includes(0)) return zeros(backend, inputShape);
    const dx = output(backend, inputShape);
    if (isImageGradientUnread()) return dx;
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
);
