import { describeBackends, expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { isImageGradientUnread } from '../../src/gradients/unread-gradient.ts';
import { type Acceleration, accelerate, variableGradients } from '../../src/index.ts';
import { random } from '../support/reference.ts';

const conv = (x: tf.Tensor, filter: tf.Tensor) =>
  tf.fused.conv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, strides: 1, pad: 'same' });

describeBackends('image gradients', (backend) => {
  let acceleration: Acceleration;
  let first: tf.Variable;
  let second: tf.Variable;
  let images: tf.Tensor;
  let unread: boolean[];
  let stock: tf.KernelConfig;
  beforeEach(() => {
    acceleration = accelerate();
    first = tf.tidy(() => tf.variable(random('first', [3, 3, 2, 4])));
    second = tf.tidy(() => tf.variable(random('second', [3, 3, 4, 3])));
    images = random('images', [2, 5, 6, 2]);
    unread = [];
    stock = tf.getKernel('Conv2DBackpropInput', backend) as tf.KernelConfig;
    tf.unregisterKernel(stock.kernelName, backend);
    tf.registerKernel({
      ...stock,
      kernelFunc: (args) => {
        unread.push(isImageGradientUnread());
        return stock.kernelFunc(args);
      },
    });
  });
  afterEach(() => {
    tf.unregisterKernel(stock.kernelName, backend);
    tf.registerKernel(stock);
    tf.dispose([first, second, images]);
    acceleration.restore();
  });

  /** Compares with tfjs's own gradients; returns, in the order of the backward pass, which were unread. */
  function compare(network: () => tf.Tensor, variables: tf.Variable[]): boolean[] {
    const loss = () => tf.sum(tf.square(network())) as tf.Scalar;
    const expected = tf.variableGrads(loss, variables);
    unread = [];
    const actual = variableGradients(loss, variables);
    for (const [name, gradient] of Object.entries(expected.grads)) {
      expectClose(actual.grads[name] as tf.Tensor, gradient);
    }
    tf.dispose([expected, actual]);
    return unread;
  }

  test("a first layer's is not read, a second layer's is", () => {
    const network = () => conv(conv(images, first), second);
    expect(compare(network, [first, second])).toEqual([false, true]);
  });

  test('a layer behind one that is not trained is a first one', () => {
    const network = () => conv(conv(images, first), second);
    expect(compare(network, [second])).toEqual([true]);
  });

  test('of images that depend on a variable it is read', () => {
    const shift = tf.tidy(() => tf.variable(random('shift', [2])));
    const network = () => conv(conv(tf.add(images, shift), first), second);
    expect(compare(network, [shift, first, second])).toEqual([false, false]);
    shift.dispose();
  });

  test('of a gradient that is asked for by itself it is read', () => {
    const dx = tf.grad((x) => conv(x, first))(images);
    expect(unread).toEqual([false]);
    dx.dispose();
  });
});
