import * as tf from '@tensorflow/tfjs-core';
import { residualConv2d } from '../../src/index.ts';
import { random } from './reference.ts';

type Explicit = [[number, number], [number, number], [number, number], [number, number]];
/** Explicit padding of an image. */
export const explicit = (top: number, bottom: number, left: number, right: number): Explicit => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

/** A case of the conformance suite. */
export interface Convolution {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  strides: number | [number, number];
  pad: 'same' | 'valid' | Explicit;
}

/** Odd sizes, strides, paddings on one side, single images, few and many channels. */
export const convolutions: Convolution[] = [
  { x: [2, 5, 6, 3], filter: [1, 1, 3, 4], strides: 1, pad: 'valid' },
  { x: [2, 5, 6, 5], filter: [1, 1, 5, 9], strides: 2, pad: 'same' },
  { x: [1, 7, 5, 9], filter: [3, 3, 9, 5], strides: 1, pad: 'same' },
  { x: [3, 7, 8, 4], filter: [3, 3, 4, 8], strides: 2, pad: explicit(1, 1, 1, 1) },
  { x: [2, 8, 7, 3], filter: [7, 7, 3, 6], strides: 2, pad: explicit(3, 3, 3, 3) },
  { x: [1, 9, 10, 2], filter: [2, 4, 2, 3], strides: [3, 1], pad: 'valid' },
  { x: [1, 6, 6, 1], filter: [2, 3, 1, 1], strides: [2, 3], pad: 'same' },
  { x: [1, 5, 5, 2], filter: [1, 1, 2, 3], strides: 3, pad: 'valid' },
  { x: [2, 4, 4, 2], filter: [3, 3, 2, 2], strides: 1, pad: explicit(2, 0, 0, 3) },
  { x: [1, 4, 4, 2], filter: [2, 2, 2, 2], strides: 2, pad: explicit(4, 1, 3, 0) },
  { x: [1, 3, 3, 2], filter: [3, 3, 2, 17], strides: 1, pad: 'valid' },
  { x: [2, 13, 11, 8], filter: [3, 3, 8, 16], strides: 1, pad: 'same' },
  { x: [5, 9, 9, 12], filter: [3, 3, 12, 20], strides: 2, pad: 'same' },
];

/** Strides longer than the kernel, along both axes and along one, with and without padding. */
export const sparseConvolutions: Convolution[] = [
  { x: [1, 9, 8, 3], filter: [2, 3, 3, 2], strides: 4, pad: 'same' },
  { x: [2, 7, 9, 3], filter: [1, 1, 3, 2], strides: 3, pad: 'same' },
  { x: [1, 9, 9, 3], filter: [3, 3, 3, 2], strides: 5, pad: 'same' },
  { x: [1, 5, 9, 4], filter: [3, 2, 4, 2], strides: 4, pad: 'same' },
];

/** What goes by Winograd's algorithm where there are kernels for it. */
export const winogradConvolutions: Convolution[] = [
  // Many tiles; few; over the border; padding on one side; none.
  { x: [3, 12, 12, 16], filter: [3, 3, 16, 24], strides: 1, pad: 'same' },
  { x: [2, 8, 8, 40], filter: [3, 3, 40, 32], strides: 1, pad: 'same' },
  { x: [5, 7, 11, 24], filter: [3, 3, 24, 16], strides: 1, pad: 'same' },
  { x: [2, 13, 9, 16], filter: [3, 3, 16, 16], strides: 1, pad: explicit(2, 0, 0, 1) },
  { x: [5, 5, 5, 16], filter: [3, 3, 16, 64], strides: 1, pad: 'valid' },
  { x: [20, 8, 8, 16], filter: [3, 3, 16, 16], strides: 1, pad: 'same' },
  { x: [1, 9, 9, 16], filter: [6, 6, 16, 16], strides: 2, pad: 'same' },
];

/** A convolution with bias and a ReLU, as one kernel. */
export function withRelu({ filter, strides, pad }: Convolution, x: tf.Tensor): tf.Tensor {
  return tf.fused.conv2d({
    x: x as tf.Tensor4D,
    filter: random('filter', filter),
    strides,
    pad,
    bias: random('bias', [filter[3]]),
    activation: 'relu',
  });
}

/** Convolutions that add a residual to what they write, without a ReLU and with one. */
export function withResidual({ filter, strides, pad }: Convolution, x: tf.Tensor): tf.Tensor[] {
  if (typeof pad !== 'string') return []; // residualConv2d pads as stock layers do
  const inputs = [x as tf.Tensor4D, random<tf.Tensor4D>('filter', filter)] as const;
  const bias = random<tf.Tensor1D>('bias', [filter[3]]);
  const residual = random<tf.Tensor4D>('residual', tf.conv2d(...inputs, strides, pad).shape);
  return [false, true].map((relu) =>
    residualConv2d(...inputs, bias, residual, { strides, pad, relu }),
  );
}

export const ACTIVATIONS = [
  'linear',
  'relu',
  'elu',
  'sigmoid',
  'relu6',
  'leakyrelu',
  'prelu',
] as const;

/** A convolution with bias and activation, and its gradients. */
export function fusedConvolution(
  activation: (typeof ACTIVATIONS)[number],
  { size, strides }: { size: number; strides: number },
): tf.Tensor[] {
  const apply = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
    tf.fused.conv2d({
      x: x as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides,
      pad: 'same',
      bias,
      activation,
      leakyreluAlpha: 0.3,
      ...(activation === 'prelu' && { preluActivationWeights: random('alpha', [9]) }),
    });
  const inputs = [random('x', [2, 7, 6, 5]), random('f', [size, size, 5, 9]), random('b', [9])];
  const y = apply(...(inputs as [tf.Tensor, tf.Tensor, tf.Tensor]));
  return [y, ...tf.grads(apply)(inputs, random('dy', y.shape))];
}

/** A convolution that counts the outputs upwards, which leaves out no inputs, and its gradients. */
export function roundedUp(depthwise: boolean): tf.Tensor[] {
  const apply = (x: tf.Tensor, filter: tf.Tensor) =>
    (depthwise ? tf.depthwiseConv2d : tf.conv2d)(
      x as tf.Tensor4D,
      filter as tf.Tensor4D,
      3,
      1,
      'NHWC',
      1,
      'ceil',
    );
  const inputs = [random('x', [2, 9, 6, 4]), random('f', [3, 3, 4, 5])] as [tf.Tensor, tf.Tensor];
  const y = apply(...inputs);
  return [y, ...tf.grads(apply)(inputs, random('dy', y.shape))];
}

/** The same with the padding that the last outputs reach into. */
export function paddedForRoundedUp(depthwise: boolean): tf.Tensor[] {
  const apply = (x: tf.Tensor, filter: tf.Tensor) => {
    const padded = tf.pad(x, [
      [0, 0],
      [1, 3],
      [1, 3],
      [0, 0],
    ]) as tf.Tensor4D;
    return (depthwise ? tf.depthwiseConv2d : tf.conv2d)(padded, filter as tf.Tensor4D, 3, 'valid');
  };
  const inputs = [random('x', [2, 9, 6, 4]), random('f', [3, 3, 4, 5])] as [tf.Tensor, tf.Tensor];
  const y = apply(...inputs);
  return [y, ...tf.grads(apply)(inputs, random('dy', y.shape))];
}

/** A transposed convolution and its gradients. */
export function transposedConvolution(): tf.Tensor[] {
  const apply = (x: tf.Tensor, filter: tf.Tensor) =>
    tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 8, 8, 3], 2, 'same');
  const inputs = [random('x', [2, 4, 4, 5]), random('f', [3, 3, 3, 5])] as [tf.Tensor, tf.Tensor];
  return [apply(...inputs), ...tf.grads(apply)(inputs, random('dy', [2, 8, 8, 3]))];
}
