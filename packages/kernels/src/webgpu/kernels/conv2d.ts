import {
  Conv2D,
  type Conv2DAttrs,
  FusedConv2D,
  type FusedConv2DAttrs,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { activate } from '../../activation.ts';
import { conv2DInfo, forwardGeometry } from '../../geometry.ts';
import type { Replacement } from '../../install.ts';
import type { WebGPUBackend } from '../backend.ts';
import { convolve } from '../convolution.ts';
import { output } from '../program.ts';

/** Convolution as an implicit matrix product, in the same tiles as its gradients. */
export const conv2D: Replacement = {
  kernelName: Conv2D,
  create:
    (stock): KernelFunc =>
    (args) => {
      const attrs = args.attrs as unknown as Conv2DAttrs;
      if (attrs.dataFormat === 'NCHW') return stock(args);
      return forward(Conv2D, args.inputs as unknown as Inputs, attrs, args.backend);
    },
};

/** The same with bias and activation: what convolutional layers run. */
export const fusedConv2D: Replacement = {
  kernelName: FusedConv2D,
  create:
    (stock): KernelFunc =>
    (args) => {
      const inputs = args.inputs as unknown as Inputs;
      const attrs = args.attrs as unknown as FusedConv2DAttrs;
      const channels = `${inputs.filter.shape[3]}`;
      if (attrs.dataFormat === 'NCHW' || (inputs.bias && inputs.bias.shape.join() !== channels)) {
        return stock(args);
      }
      const y = forward(FusedConv2D, inputs, attrs, args.backend);
      return activate(y, attrs, inputs.preluActivationWeights);
    },
};

interface Inputs {
  x: TensorInfo;
  filter: TensorInfo;
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

function forward(
  kernelName: string,
  { x, filter, bias }: Inputs,
  attrs: Conv2DAttrs,
  kernelBackend: object,
): TensorInfo {
  const info = conv2DInfo(kernelName, x.shape, filter.shape, attrs);
  const backend = kernelBackend as WebGPUBackend;
  const y = output(backend, info.outShape);
  convolve(backend, kernelName, forwardGeometry(info), { x, filter, y, bias });
  return y;
}
