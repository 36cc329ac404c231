import { expectClose, expectNoLeak, type Values } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  ACTIVATIONS,
  type Convolution,
  convolutions,
  explicit,
  fusedConvolution,
  paddedForRoundedUp,
  roundedUp,
  sparseConvolutions,
  transposedConvolution,
  winogradConvolutions,
  withRelu,
  withResidual,
} from '../../support/convolutions.ts';
import { expectAsOnCpu, random, read } from '../../support/reference.ts';
import { describeWasm } from '../../support/wasm.ts';

describeWasm(() => {
  describe.each([...convolutions, ...sparseConvolutions, ...winogradConvolutions])(
    'conv2d $x * $filter strides $strides pad $pad',
    (c) => {
      const apply = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, c.strides, c.pad);

      test('value and gradients equal those of cpu', async () => {
        await expectAsOnCpu(() => {
          const x = random('x', c.x);
          const filter = random('filter', c.filter);
          const y = apply(x, filter);
          return [y, ...tf.grads(apply)([x, filter], random('dy', y.shape))];
        });
      });

      test('and with bias and ReLU', async () => {
        await expectAsOnCpu(() => [withRelu(c, random('x', c.x))]);
      });

      test('and with a residual', async () => {
        await expectAsOnCpu(() => withResidual(c, random('x', c.x)));
      });

      test('leaves no tensor behind', () => {
        const x = random('x', c.x);
        const filter = random('filter', c.filter);
        expectNoLeak(() => tf.grads(apply)([x, filter]));
        tf.dispose([x, filter]);
      });
    },
  );

  describe('conv2d', () => {
    test('of channels-first images is refused', () => {
      tf.tidy(() => {
        const x = tf.ones<tf.Rank.R4>([1, 3, 5, 5]);
        const dy = tf.ones([1, 4, 3, 3]);
        const attrs = { strides: 1, pad: 'valid', dataFormat: 'NCHW', filterShape: [3, 3, 3, 4] };
        expect(() => tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attrs)).toThrow(
          'NHWC',
        );
      });
    });
    test('with dilation, forward', async () => {
      await expectAsOnCpu(() => [
        tf.conv2d(random('x', [1, 9, 9, 3]), random('f', [3, 3, 3, 5]), 1, 'same', 'NHWC', 2),
      ]);
    });
    test.each([convolutions[2], winogradConvolutions[0]] as const)(
      'a ReLU lets NaN through, that of $x as well',
      (c) => {
        const { x } = c as Convolution;
        const y = tf.tidy(() => withRelu(c as Convolution, tf.fill(x, Number.NaN)));
        expect([...new Set(y.dataSync())]).toEqual([Number.NaN]);
        y.dispose();
      },
    );
    test.each(ACTIVATIONS)('fused with bias and %s, value and gradients', async (activation) => {
      await expectAsOnCpu(() => fusedConvolution(activation, { size: 3, strides: 2 }));
    });
    test('transposed, value and gradients', async () => {
      await expectAsOnCpu(transposedConvolution);
    });
  });

  test.each([false, true])('outputs counted upwards, depthwise %s', async (depthwise) => {
    await tf.setBackend('cpu');
    const expected = await read(() => paddedForRoundedUp(depthwise));
    await tf.setBackend('wasm');
    const actual = await read(() => roundedUp(depthwise));
    actual.forEach((values, i) => {
      expectClose(values, expected[i] as Values);
    });
  });

  test.each([
    { name: 'max', pool: tf.maxPool<tf.Tensor4D> },
    { name: 'average', pool: tf.avgPool<tf.Tensor4D> },
  ])('$name pooling with outputs counted upwards', async ({ pool }) => {
    await expectAsOnCpu(() => {
      const apply = (x: tf.Tensor) => pool(x as tf.Tensor4D, 3, 3, 1, 'ceil');
      const x = random('x', [2, 9, 9, 5]);
      return [apply(x), tf.grad(apply)(x)];
    });
  });

  test('depthwise and fused, with a stride longer than the kernel', async () => {
    await expectAsOnCpu(() => [
      tf.fused.depthwiseConv2d({
        x: random<tf.Tensor4D>('x', [1, 9, 8, 3]),
        filter: random<tf.Tensor4D>('filter', [2, 2, 3, 1]),
        strides: 4,
        pad: 'same',
        bias: random('bias', [3]),
        activation: 'relu',
      }),
    ]);
  });

  const depthwise: Convolution[] = [
    { x: [2, 7, 6, 3], filter: [3, 3, 3, 1], strides: 1, pad: 'same' },
    { x: [1, 8, 8, 5], filter: [3, 3, 5, 2], strides: 2, pad: 'same' },
    { x: [2, 5, 7, 4], filter: [2, 3, 4, 3], strides: 1, pad: 'valid' },
    { x: [1, 6, 6, 8], filter: [5, 5, 8, 1], strides: 2, pad: explicit(2, 2, 2, 2) },
  ];

  test.each([...depthwise, ...sparseConvolutions])(
    'depthwiseConv2d $x * $filter strides $strides pad $pad',
    async (c) => {
      await expectAsOnCpu(() => {
        const apply = (x: tf.Tensor, filter: tf.Tensor) =>
          tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, c.strides, c.pad as 'same');
        const x = random('x', c.x);
        const filter = random('filter', c.filter);
        const y = apply(x, filter);
        return [y, ...tf.grads(apply)([x, filter], random('dy', y.shape))];
      });
    },
  );
});
