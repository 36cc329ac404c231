import * as tf from '@tensorflow/tfjs-core';
import { random } from './reference.ts';

type Op = (...xs: tf.Tensor[]) => tf.Tensor;

/** Values and gradients of `f`; the latter from ones. */
const withGradients = (f: Op, ...shapes: number[][]): (() => tf.Tensor[]) => {
  return () => {
    const xs = shapes.map((shape, i) => random(`x${i}`, shape));
    return [f(...xs), ...tf.grads(f)(xs)];
  };
};

const conv2d =
  (strides: number, pad: 'same' | 'valid'): Op =>
  (x, w) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad);
const depthwise: Op = (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid');

/** Ops on no images, or with no outputs or nothing to sum. */
export const emptyCases: [string, () => tf.Tensor[]][] = [
  ['convolution of no images', withGradients(conv2d(1, 'same'), [0, 5, 6, 3], [3, 3, 3, 4])],
  [
    'convolution of no images, strided',
    withGradients(conv2d(2, 'same'), [0, 5, 6, 3], [3, 3, 3, 4]),
  ],
  [
    'convolution of no images by tiles',
    withGradients(conv2d(1, 'same'), [0, 8, 8, 16], [3, 3, 16, 16]),
  ],
  ['sum of nothing and nothing', withGradients((a, b) => tf.add(a, b), [0, 3], [0, 3])],
  ['convolution of 1×1, no images', withGradients(conv2d(1, 'same'), [0, 5, 6, 3], [1, 1, 3, 4])],
  ['convolution without outputs', withGradients(conv2d(1, 'valid'), [2, 2, 5, 3], [3, 3, 3, 4])],
  ['depthwise convolution of no images', withGradients(depthwise, [0, 5, 6, 3], [3, 3, 3, 2])],
  ['depthwise convolution without outputs', withGradients(depthwise, [2, 2, 5, 3], [3, 3, 3, 2])],
  ['product of matrices of no columns', () => [tf.matMul(tf.zeros([3, 0]), tf.zeros([0, 4]))]],
  [
    'product of matrices of no columns, transposed, in a batch',
    () => [tf.matMul(tf.zeros([2, 0, 3]), tf.zeros([2, 4, 0]), true, true)],
  ],
  [
    'fused product of matrices of no columns',
    () => [
      tf.fused.matMul({
        a: tf.zeros([3, 0]),
        b: tf.zeros([0, 4]),
        bias: random('bias', [4]),
        activation: 'relu',
      }),
    ],
  ],
  ['product of matrices of no rows', withGradients((a, b) => tf.matMul(a, b), [0, 3], [3, 4])],
  [
    'max pooling without outputs',
    () => [tf.maxPool(random<tf.Tensor4D>('x', [2, 2, 5, 3]), 3, 2, 'valid')],
  ],
  [
    'average pooling without outputs',
    () => [tf.avgPool(random<tf.Tensor4D>('x', [2, 2, 5, 3]), 3, 2, 'valid')],
  ],
  [
    'average pooling of no images',
    withGradients((x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same'), [0, 5, 5, 3]),
  ],
  ['sum over no integers', () => [tf.sum(tf.zeros([0, 3], 'int32'), 0)]],
  [
    'max pooling of no images',
    withGradients((x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'), [0, 5, 5, 3]),
  ],
  [
    'sum over no values',
    () => [tf.sum(tf.zeros([0, 3]), 0), tf.sum(tf.zeros([2, 0, 3]), 1), tf.sum(tf.zeros([0]))],
  ],
  ['sum over no values, last', () => [tf.sum(tf.zeros([3, 0]), 1)]],
  ['ReLU of nothing', withGradients((x) => tf.relu(x), [0, 3])],
  ['concatenation with nothing', () => [tf.concat([tf.zeros([0, 3]), random('x', [2, 3])], 0)]],
  [
    'segments of nothing',
    () => [tf.unsortedSegmentSum(tf.zeros([0, 3]), tf.tensor1d([], 'int32'), 2)],
  ],
  ['rows by no indices', () => [tf.gather(random('x', [2, 3]), tf.tensor1d([], 'int32'))]],
];
