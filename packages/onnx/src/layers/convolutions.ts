import type { Tensor } from '@tensorflow/tfjs-core';
import type { Value } from '../graph.ts';
import { activated } from './activations.ts';
import { type Converter, onMaps, requiredWeight, type Use, weightOf } from './use.ts';
import { pair, requireChannelsLast, split, windowAttributes } from './windows.ts';

/** [h,w,in,out] → [out,in,h,w] */
const KERNEL = [3, 2, 0, 1];

const conv2d: Converter = (use) => {
  requireChannelsLast(use);
  const kernel = requiredWeight(use, 'kernel');
  const weight = use.graph.weight(`${use.path}/kernel`, kernel, KERNEL);
  const attributes = windowAttributes(use, windowOf(use, kernel));
  return activated(use, onMaps(use, 'Conv', [weight, ...bias(use)], attributes));
};

/** One group a channel: output channel c·m + i is the i-th of channel c, in tfjs and in ONNX. */
const depthwise: Converter = (use) => {
  requireChannelsLast(use);
  const kernel = requiredWeight(use, 'depthwise_kernel');
  const convolved = onMaps(use, 'Conv', [depthwiseWeight(use, kernel), ...bias(use)], {
    ...windowAttributes(use, windowOf(use, kernel)),
    group: { int: kernel.shape[2] as number },
  });
  return activated(use, convolved);
};

const separable: Converter = (use) => {
  requireChannelsLast(use);
  const { graph, path, shapes } = use;
  const kernel = requiredWeight(use, 'depthwise_kernel');
  const [batch = null, height = null, width = null] = shapes[0];
  const [, , channels, multiplier] = kernel.shape as [number, number, number, number];
  const between = [batch, height, width, channels * multiplier];
  const spread = onMaps({ ...use, shapes: [between] }, 'Conv', [depthwiseWeight(use, kernel)], {
    ...windowAttributes(use, windowOf(use, kernel)),
    group: { int: channels },
  });
  const pointwise = requiredWeight(use, 'pointwise_kernel');
  const weight = graph.weight(`${path}/pointwise_kernel`, pointwise, KERNEL);
  return activated(use, onMaps({ ...use, inputs: [spread] }, 'Conv', [weight, ...bias(use)]));
};

/** tfjs's kernel is [h,w,out,in], ONNX's [in,out,h,w]. */
const transposed: Converter = (use) => {
  requireChannelsLast(use);
  const kernel = requiredWeight(use, 'kernel');
  const { size, strides } = windowOf(use, kernel);
  const along = (axis: number) => [size[axis] as number, strides[axis] as number] as const;
  const missing = [0, 1].map((axis) => Math.max(along(axis)[1] - along(axis)[0], 0));
  const over = [0, 1].map((axis) => Math.max(along(axis)[0] - along(axis)[1], 0));
  const pads = use.config['padding'] === 'same' ? split(over) : [0, 0, 0, 0];
  const weight = use.graph.weight(`${use.path}/kernel`, kernel, KERNEL);
  const convolved = onMaps(use, 'ConvTranspose', [weight, ...bias(use)], {
    kernel_shape: { ints: size },
    strides: { ints: strides },
    pads: { ints: pads },
    output_padding: { ints: missing },
  });
  return activated(use, convolved);
};

function windowOf({ config }: Use, kernel: Tensor) {
  const [height, width] = kernel.shape as [number, number];
  const strides = pair(config['strides']);
  return { size: [height, width], strides, dilations: pair(config['dilationRate']) };
}

/** [h,w,in,m] → [in·m,1,h,w] */
function depthwiseWeight({ graph, path }: Use, kernel: Tensor): string {
  const [height, width, channels, multiplier] = kernel.shape as [number, number, number, number];
  const shape = [channels * multiplier, 1, height, width];
  return graph.weight(`${path}/depthwise_kernel`, kernel, [2, 3, 0, 1], shape);
}

function bias(use: Use): string[] {
  const tensor = weightOf(use, 'bias');
  return tensor ? [use.graph.weight(`${use.path}/bias`, tensor)] : [];
}

const dense: Converter = (use) => {
  const { graph, path, inputs, shapes } = use;
  const x: Value = graph.channelsLast(inputs[0]);
  const weight = graph.weight(`${path}/kernel`, requiredWeight(use, 'kernel'));
  const [shape] = shapes;
  if (x.shape.length === 2) {
    return activated(use, graph.operation(path, 'Gemm', [x, weight, ...bias(use)], { shape }));
  }
  const product = graph.operation(path, 'MatMul', [x, weight], { shape });
  const [summand] = bias(use);
  const sum = summand ? graph.operation(path, 'Add', [product, summand], { shape }) : product;
  return activated(use, sum);
};

/** Products with weights, by class name. */
export const convolutionLayers: Readonly<Record<string, Converter>> = {
  Conv2D: conv2d,
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
  Conv2DTranspose: transposed,
  Dense: dense,
};
