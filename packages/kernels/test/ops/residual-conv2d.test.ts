import { expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { accelerate, residualConv2d } from '../../src/index.ts';
import { random } from '../support/reference.ts';

type Inputs = [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, tf.Tensor4D];

const inputs = (): Inputs => [
  random('x', [2, 6, 5, 3]),
  random('filter', [3, 3, 3, 9]),
  random('bias', [9]),
  random('residual', [2, 3, 3, 9]),
];
const options = { strides: 2, pad: 'same', relu: true } as const;
const plainly = (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D, residual: tf.Tensor4D) =>
  tf.relu(tf.add(tf.add(tf.conv2d(x, filter, 2, 'same'), bias), residual));

describe.each(['cpu', 'wasm'])('residualConv2d on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    if (backend === 'wasm') accelerate();
  });

  test('convolves, adds bias and residual, and rectifies', () => {
    tf.tidy(() => {
      expectClose(residualConv2d(...inputs(), options), plainly(...inputs()));
    });
  });

  test('has a gradient for every input', () => {
    tf.tidy(() => {
      const given = inputs();
      const dy = random('dy', given[3].shape);
      const apply = (...given: tf.Tensor[]) => residualConv2d(...(given as Inputs), options);
      const expected = tf.grads((...given) => plainly(...(given as Inputs)))(given, dy);
      for (const [i, gradient] of tf.grads(apply)(given, dy).entries()) {
        expectClose(gradient, expected[i] as tf.Tensor);
      }
    });
  });

  test('leaves no tensor behind', () => {
    const given = inputs();
    expectNoLeak(() => [residualConv2d(...given, options)]);
    tf.dispose(given);
  });
});

test.each([
  ['filter', [3, 3, 4, 9], 'float32', 'expected a filter [h,w,3,K] for the 3 channels of x'],
  ['bias', [8], 'float32', 'and a bias [K]; got [3,3,3,9] and [8]'],
  ['residual', [2, 6, 5, 9], 'float32', 'the output [2,3,3,9]; got [2,6,5,9]'],
  ['x', [6, 5, 3], 'float32', 'x must be float32 of rank 4; got float32 [6,5,3]'],
  ['x', [2, 6, 5, 3], 'int32', 'x must be float32 of rank 4; got int32 [2,6,5,3]'],
] as const)('refuses a %s %p %s', (name, shape, dtype, message) => {
  tf.tidy(() => {
    const given = inputs();
    given[['x', 'filter', 'bias', 'residual'].indexOf(name)] = tf.ones([...shape], dtype) as never;
    expect(() => residualConv2d(...given, options)).toThrow(message);
  });
});
