import {
  type backend_util,
  Conv2D,
  FusedConv2D,
  type FusedConv2DAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { activate } from '../backends/activation.ts';
import { replacement } from '../registry/define-kernels.ts';
import type { Replacement } from '../registry/install.ts';
import { conv2DInfo } from './geometry.ts';

/** The inputs of a convolution: images [B,H,W,C], a filter [h,w,C,K], and a bias [K] if there is one. */
export interface ConvolutionInputs {
  x: TensorInfo;
  filter: TensorInfo;
  bias?: TensorInfo | undefined;
}

/**
 * Convolves and adds the bias, or returns nothing and leaves it to the stock kernel.
 *
 * @param relu whether negative outputs become 0; only where the backend {@link convolutionKernels has a ReLU}
 */
export type Convolve = (
  inputs: ConvolutionInputs,
  info: backend_util.Conv2DInfo,
  backend: object,
  relu: boolean,
) => TensorInfo | undefined;

/**
 * The convolution alone and the one of layers, with bias and activation, by a backend's own
 * algorithm. Other data formats, dtypes and shapes of the bias stay with the stock kernels.
 *
 * @param hasRelu whether `convolve` applies a ReLU as it writes its outputs; other activations follow it
 */
export function convolutionKernels(convolve: Convolve, hasRelu = false): Replacement[] {
  return [Conv2D, FusedConv2D].map((kernelName) =>
    replacement<Inputs, Attrs>(kernelName, ({ inputs, attrs: given, stock }, backend) => {
      const { x, filter, bias, preluActivationWeights } = inputs;
      const attrs = { activation: 'linear' as const, ...given };
      const isOurs =
        x.dtype === 'float32' &&
        (attrs.dataFormat ?? 'NHWC') === 'NHWC' &&
        (!bias || bias.shape.join() === `${filter.shape[3]}`);
      if (!isOurs) return stock();
      const info = conv2DInfo(kernelName, x.shape, filter.shape, attrs);
      const relu = hasRelu && attrs.activation === 'relu';
      const y = convolve({ x, filter, bias }, info, backend, relu);
      if (!y) return stock();
      return relu ? y : activate(y, attrs, preluActivationWeights);
    }),
  );
}

interface Inputs extends ConvolutionInputs {
  preluActivationWeights?: TensorInfo;
}

/** Without an activation where it is the convolution alone. */
type Attrs = Omit<FusedConv2DAttrs, 'activation'> & Partial<Pick<FusedConv2DAttrs, 'activation'>>;
