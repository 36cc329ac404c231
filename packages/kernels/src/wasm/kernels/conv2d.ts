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
import { moduleOf } from '../module.ts';
import { convolve, convolveScratch, GEOMETRY_BYTES, panelBytes } from './convolution.ts';
import { convolveTiles, paysWithTiles } from './winograd.ts';

/** Convolution as an implicit matrix product: no im2col, and no cache of packed weights. */
export const conv2D: Replacement = {
  kernelName: Conv2D,
  create:
    (): KernelFunc =>
    ({ inputs, attrs, backend }) =>
      forward(Conv2D, inputs as unknown as Inputs, attrs as unknown as Conv2DAttrs, backend),
};

/** The same with bias and activation. */
export const fusedConv2D: Replacement = {
  kernelName: FusedConv2D,
  create:
    (stock): KernelFunc =>
    (args) => {
      const inputs = args.inputs as unknown as Inputs;
      const attrs = args.attrs as unknown as FusedConv2DAttrs;
      const channels = inputs.filter.shape[3] as number;
      if (inputs.bias && inputs.bias.shape.join() !== `${channels}`) return stock(args);
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
  backend: object,
): TensorInfo {
  const info = conv2DInfo(kernelName, x.shape, filter.shape, attrs);
  const geometry = forwardGeometry(info);
  const module = moduleOf(backend);
  const y = module.output(info.outShape);
  if (paysWithTiles(geometry, info.batchSize)) {
    convolveTiles(module, geometry, info.batchSize, { x, filter, bias, y });
    return y;
  }
  const depth = info.filterHeight * info.filterWidth * info.inChannels;
  const [address, weights, scratch] = module.scratch(
    GEOMETRY_BYTES,
    panelBytes(depth, info.outChannels),
    module.threads * convolveScratch(geometry),
  ) as [number, number, number];
  module.call('packFilter', module.address(filter), depth, info.outChannels, weights);
  convolve(module, geometry, info.batchSize, { geometry: address, weights, scratch }, x, y, bias);
  return y;
}
