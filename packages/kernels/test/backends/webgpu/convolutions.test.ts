import { expectClose, expectNoLeak, type Values } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import {
  ACTIVATIONS,
  convolutions,
  fusedConvolution,
  paddedForRoundedUp,
  roundedUp,
  transposedConvolution,
} from '../../support/convolutions.ts';
import { emptyCases } from '../../support/empty-cases.ts';
import { expectAsOnCpu, random, read } from '../../support/reference.ts';
import { allocatedBytes, describeWebGPU } from '../../support/webgpu.ts';

describeWebGPU('convolutions', () => {
  test.each([
    ...convolutions,
    // Several tiles along each side, and positions enough for partial filter gradients.
    { x: [1, 10, 13, 8], filter: [3, 3, 8, 132], strides: 1, pad: 'same' } as const,
    { x: [2, 30, 33, 7], filter: [1, 1, 7, 5], strides: 1, pad: 'valid' } as const,
    { x: [2, 33, 36, 12], filter: [2, 2, 12, 8], strides: 1, pad: 'valid' } as const,
    // Small maps and many channels: sums in parts forward and of the input gradient, by fours and one by one.
    { x: [1, 3, 3, 128], filter: [3, 3, 128, 116], strides: 1, pad: 'same' } as const,
    { x: [1, 5, 4, 117], filter: [3, 3, 117, 118], strides: 2, pad: 'same' } as const,
    { x: [2, 2, 2, 1028], filter: [1, 1, 1028, 6], strides: 1, pad: 'valid' } as const,
  ])('conv2d $x * $filter strides $strides pad $pad and its gradients', async (c) => {
    const apply = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, c.strides, c.pad);
    await expectAsOnCpu(() => {
      const x = random('x', [...c.x]);
      const filter = random('filter', [...c.filter]);
      const y = apply(x, filter);
      return [y, ...tf.grads(apply)([x, filter], random('dy', y.shape))];
    });
  });

  test('in the large tiles', async () => {
    // 256 tiles of 128×128: with fewer the small ones are taken.
    const { Conv2D } = tf;
    await expectAsOnCpu(() => {
      const [x, filter] = [random('x', [1, 128, 256, 4]), random('f', [1, 1, 4, 68])];
      const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 1 };
      return [tf.engine().runKernel(Conv2D, { x, filter }, attrs) as tf.Tensor];
    });
  });

  test('with dilation, and channels first', async () => {
    await expectAsOnCpu(() => [
      tf.conv2d(random('x', [1, 9, 9, 3]), random('f', [3, 3, 3, 5]), 1, 'same', 'NHWC', 2),
    ]);
    expect(
      tf.tidy(
        () =>
          tf.conv2d(
            tf.ones<tf.Rank.R4>([1, 3, 5, 5]),
            tf.ones<tf.Rank.R4>([3, 3, 3, 4]),
            1,
            'same',
            'NCHW',
          ).shape,
      ),
    ).toEqual([1, 4, 5, 5]);
  });

  test('with a bias, sums in parts', async () => {
    await expectAsOnCpu(() => {
      const [x, filter] = [
        random<tf.Tensor4D>('x', [1, 3, 3, 128]),
        random<tf.Tensor4D>('f', [3, 3, 128, 6]),
      ];
      const bias = random('bias', [6]);
      return [tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same', activation: 'relu' })];
    });
  });

  test.each(ACTIVATIONS)('fused with bias and %s, value and gradients', async (activation) => {
    await expectAsOnCpu(() => fusedConvolution(activation, { size: 3, strides: 2 }));
  });

  test('fused, four channels at a time', async () => {
    await expectAsOnCpu(() => [
      tf.fused.conv2d({
        x: random('x', [2, 7, 6, 4]),
        filter: random('f', [3, 3, 4, 12]),
        strides: 1,
        pad: 'same',
        bias: random('b', [12]),
      }),
    ]);
  });

  test('outputs counted upwards', async () => {
    await tf.setBackend('cpu');
    const expected = await read(() => paddedForRoundedUp(false));
    await tf.setBackend('webgpu');
    const actual = await read(() => roundedUp(false));
    actual.forEach((values, i) => {
      expectClose(values, expected[i] as Values, { rtol: 1e-3 });
    });
  });

  test.each(emptyCases.filter(([name]) => name.startsWith('convolution')))(
    'the gradients of a %s are 0',
    async (_, run) => {
      const gradients = (await read(run)).slice(1);
      expect(gradients.length).toBe(2);
      for (const { data } of gradients) expect(Array.from(data).every((x) => x === 0)).toBe(true);
    },
  );

  test('transposed, value and gradients', async () => {
    await expectAsOnCpu(transposedConvolution);
  });

  test('leave no tensor behind, and the buffers of one step do for the next', async () => {
    const [x, filter] = [random('x', [2, 30, 33, 8]), random('f', [3, 3, 8, 8])];
    const step = () =>
      tf.grads((x: tf.Tensor, f: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 2, 'same'),
      )([x, filter]);
    expectNoLeak(step);
    const run = async () => {
      const gradients = step();
      await gradients[0]?.data();
      tf.dispose(gradients);
    };
    await run();
    await run();
    const before = allocatedBytes();
    for (let i = 0; i < 5; i++) await run();
    expect(allocatedBytes()).toBe(before);
    tf.dispose([x, filter]);
  });
});

describeWebGPU('max pooling', () => {
  test.each([
    { x: [1, 7, 9, 5], size: 3, strides: 2, pad: 'same' },
    { x: [2, 6, 6, 4], size: 2, strides: 2, pad: 'valid' },
  ] as const)('gradient of $x, size $size', async ({ x, size, strides, pad }) => {
    await expectAsOnCpu(() => {
      const apply = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, size, strides, pad);
      const input = tf.sub(random('x', [...x]), 0.5); // mostly negative
      const y = apply(input);
      return [y, tf.grad(apply)(input, random('dy', y.shape))];
    });
  });
});
