import { expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { explicit } from '../../support/convolutions.ts';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { describeWasm } from '../../support/wasm.ts';

describeWasm(() => {
  describe('slice', () => {
    test.each([
      { shape: [7], begin: [2], size: [4] },
      { shape: [5, 6], begin: [1, 2], size: [3, -1] },
      { shape: [5, 6], begin: [4, 0], size: [1, 6] },
      { shape: [3, 5, 6], begin: [1, 0, 3], size: [2, 5, 1] },
      { shape: [2, 9, 7, 5], begin: [0, 1, 2, 0], size: [2, 7, 4, 5] },
      { shape: [4, 9, 7, 5], begin: [1, 0, 0, 2], size: [3, 9, 7, 2] },
      { shape: [2, 3, 4, 3, 2], begin: [1, 0, 1, 1, 0], size: [1, 2, 2, 2, 2] },
    ])('$shape from $begin, $size of it, and its gradient', async ({ shape, begin, size }) => {
      await expectAsOnCpu(() => {
        const apply = (x: tf.Tensor) => tf.slice(x, begin, size);
        const x = random('x', shape);
        const y = apply(x);
        return [y, tf.grad(apply)(x, random('dy', y.shape))];
      });
    });
    test('of integers and booleans', async () => {
      await expectAsOnCpu(() => [
        tf.slice(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32'), [0, 1], [2, 2]),
        tf.slice(tf.tensor2d([1, 0, 0, 1, 0, 1], [2, 3], 'bool'), [0, 1], [2, 2]),
      ]);
    });
    test('of nothing', () => {
      const empty = tf.tidy(() => tf.slice(tf.ones([3, 2]), [1, 0], [0, 2]));
      expect(empty.shape).toEqual([0, 2]);
      empty.dispose();
    });
  });

  test('the filter gradient of a convolution of no channels', () => {
    const dw = tf.tidy(() =>
      tf
        .engine()
        .runKernel(
          'Conv2DBackpropFilter',
          { x: tf.zeros([1, 4, 4, 0]), dy: tf.ones([1, 4, 4, 3]) },
          { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 0, 3] },
        ),
    ) as tf.Tensor;
    expect(dw.shape).toEqual([3, 3, 0, 3]);
    dw.dispose();
  });

  describe('pad', () => {
    test.each([
      { shape: [7], before: [2], after: [1] },
      { shape: [5, 6], before: [0, 3], after: [2, 0] },
      { shape: [5, 6], before: [1, 0], after: [0, 0] },
      { shape: [3, 4], before: [0, 0], after: [0, 0] },
      { shape: [2, 31, 37, 16], before: [0, 1, 1, 0], after: [0, 1, 1, 0] },
      { shape: [2, 9, 7, 5], before: [0, 0, 2, 0], after: [0, 3, 1, 0] },
      { shape: [3, 4, 5, 2], before: [1, 0, 0, 2], after: [1, 0, 0, 3] },
      { shape: [2, 3, 4, 5], before: [1, 1, 0, 2], after: [0, 2, 1, 0] },
      { shape: [2, 1, 3, 2, 2], before: [0, 0, 2, 0, 0], after: [1, 0, 0, 0, 0] },
    ])('$shape, $before before it and $after after, and its gradient', async (of) => {
      const paddings = of.before.map((before, i): [number, number] => [before, of.after[i] ?? 0]);
      await expectAsOnCpu(() => {
        const apply = (x: tf.Tensor) => tf.pad(x, paddings, -1.5);
        const x = random('x', of.shape);
        const y = apply(x);
        return [y, tf.grad(apply)(x, random('dy', y.shape))];
      });
    });
    test('of integers and booleans', async () => {
      await expectAsOnCpu(() => [
        tf.pad(tf.tensor1d([1, 2, 3], 'int32'), [[1, 2]], -7),
        tf.pad(tf.tensor1d([1, 0], 'bool'), [[1, 1]]),
      ]);
    });
    test('with what a maximum never is', () => {
      const y = tf.tidy(() => tf.pad(tf.tensor1d([1, 2]), [[1, 2]], -Infinity));
      expect([...y.dataSync()]).toEqual([-Infinity, 1, 2, -Infinity, -Infinity]);
      y.dispose();
    });
  });

  describe('concat and split', () => {
    test.each([
      { sizes: [2, 1, 3], axis: 0, shape: [0] },
      { sizes: [5, 1, 7], axis: 1, shape: [6, 0] },
      { sizes: [1, 2], axis: 0, shape: [0, 5] },
      { sizes: [3, 4, 1, 2], axis: -1, shape: [2, 5, 3, 0] },
      { sizes: [3, 1], axis: 1, shape: [2, 0, 3, 2] },
      { sizes: [33, 47, 16], axis: 3, shape: [3, 31, 37, 0] },
    ])('parts of $sizes along axis $axis, and their gradients', async ({ sizes, axis, shape }) => {
      const shapes = sizes.map((size) => shape.map((other) => other || size));
      await expectAsOnCpu(() => {
        const parts = shapes.map((partShape, i) => random(`part${i}`, partShape));
        const join = (...xs: tf.Tensor[]) => tf.concat(xs, axis);
        const whole = join(...parts);
        const scaled = (x: tf.Tensor) =>
          tf.addN(tf.split(x, sizes, axis).map((part, i) => tf.mul(tf.sum(part), i + 1)));
        return [
          whole,
          ...tf.split(whole, sizes, axis),
          ...tf.grads(join)(parts, random('dy', whole.shape)),
          tf.grad(scaled)(whole),
        ];
      });
    });
    test('of integers and booleans', async () => {
      await expectAsOnCpu(() => {
        const [ints, bools] = (['int32', 'bool'] as const).map((dtype) => {
          const x = tf.tensor2d([1, 0, 1, 1, 0, 1], [2, 3], dtype);
          return tf.concat([x, x], 1);
        }) as [tf.Tensor, tf.Tensor];
        return [ints, bools, ...tf.split(ints, [4, 2], 1), ...tf.split(bools, 3, 1)];
      });
    });
    test('of parts without values', () => {
      tf.tidy(() => {
        const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
        expectClose(tf.concat([x, tf.ones([2, 0]), x], 1), {
          shape: [2, 4],
          data: [1, 2, 1, 2, 3, 4, 3, 4],
        });
        const [none, all] = tf.split(x, [0, 2], 1) as [tf.Tensor, tf.Tensor];
        expect(none.shape).toEqual([2, 0]);
        expectClose(all, x);
      });
    });
  });

  describe('gather', () => {
    test.each([
      { shape: [5], indices: [4, 0, 0] },
      { shape: [6, 3, 5], indices: [5, 2, 2, 1] },
      { shape: [3, 40, 40, 3], indices: [1] },
    ])('rows $indices of $shape, and its gradient', async ({ shape, indices }) => {
      await expectAsOnCpu(() => {
        const apply = (x: tf.Tensor) => tf.gather(x, tf.tensor1d(indices, 'int32'));
        const x = random('x', shape);
        const y = apply(x);
        return [y, tf.grad(apply)(x, random('dy', y.shape))];
      });
    });
    test('of integers, along other axes, by indices of two dimensions', async () => {
      await expectAsOnCpu(() => {
        const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2], 'int32');
        const indices = tf.tensor2d([1, 0, 1, 1], [2, 2], 'int32');
        return [tf.gather(x, indices), tf.gather(x, indices, 1)];
      });
    });
    test('refuses an index that is out of range', () => {
      for (const index of [3, -1]) {
        const rows = () => tf.gather(tf.ones([3, 2]), tf.tensor1d([0, index], 'int32'));
        expect(() => tf.tidy(rows)).toThrow('is not in [0, 2]');
      }
    });
  });

  describe('gradients of clipped values', () => {
    const x = [-1, 0, 1e-30, 0.5, 6, 6.5, Number.NaN, 2, 3];
    const dy = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    test.each<[string, (x: tf.Tensor) => tf.Tensor, number[]]>([
      ['relu6', tf.relu6, [0, 0, 3, 4, 5, 0, 0, 8, 9]],
      ['clipByValue', (x) => tf.clipByValue(x, 0, 6), [0, 2, 3, 4, 5, 0, 0, 8, 9]],
      ['clipByValue', (x) => tf.clipByValue(x, 0.5, 2), [0, 0, 0, 4, 0, 0, 0, 8, 0]],
    ])('%s', (_, op, expected) => {
      tf.tidy(() => {
        expect([...tf.grad(op)(tf.tensor1d(x), tf.tensor1d(dy)).dataSync()]).toEqual(expected);
      });
      expectNoLeak(() => tf.tidy(() => tf.grad(op)(tf.tensor1d(x), tf.tensor1d(dy))));
    });

    test('have gradients themselves', () => {
      tf.tidy(() => {
        const cube = (x: tf.Tensor) => tf.mul(tf.square(tf.relu6(x)), tf.relu6(x));
        const slope = (x: tf.Tensor) => tf.grad(cube)(x);
        expectClose(tf.grad(slope)(tf.tensor1d([-2, 0.5, 7])), { shape: [3], data: [0, 3, 0] });
      });
    });
  });

  test.each([
    ['float32', 1, 0],
    ['float32', 0.75, -0.5],
    ['int32', 3, -2],
  ] as const)('oneHot of %s, %d and %d', async (dtype, on, off) => {
    const make = () => tf.oneHot(tf.tensor2d([2, 0, 9, 1], [2, 2], 'int32'), 3, on, off, dtype);
    await expectAsOnCpu(() => [make()]);
    expectNoLeak(() => tf.tidy(make));
  });

  describe('maxPool gradient', () => {
    test.each([
      { x: [2, 6, 6, 3], size: 2, strides: 2, pad: 'valid' },
      { x: [1, 7, 9, 5], size: 3, strides: 2, pad: 'same' },
      { x: [1, 7, 9, 4], size: [3, 2], strides: [1, 2], pad: 'valid' },
      { x: [2, 8, 8, 9], size: 3, strides: 2, pad: explicit(1, 1, 1, 1) },
    ] as {
      x: [number, number, number, number];
      size: number;
      strides: number;
      pad: 'same';
    }[])('of $x, size $size, strides $strides, pad $pad', async ({ x, size, strides, pad }) => {
      await expectAsOnCpu(() => {
        const apply = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, size, strides, pad);
        const input = tf.sub(random('x', x), 0.5); // mostly negative
        const y = apply(input);
        return [y, tf.grad(apply)(input, random('dy', y.shape))];
      });
    });

    test('of windows without a positive value goes to the maximum', () => {
      tf.tidy(() => {
        const x = tf.tensor4d([-3, -1, -2, -4], [1, 2, 2, 1]);
        const dx = tf.grad((x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(x);
        expect(Array.from(dx.dataSync())).toEqual([0, 1, 0, 0]);
      });
    });

    test('of equal values goes to the first', () => {
      tf.tidy(() => {
        const x = tf.zeros([1, 2, 2, 5]);
        const dx = tf.grad((x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(x);
        expect(Array.from(tf.sum(dx, 3).dataSync())).toEqual([5, 0, 0, 0]);
      });
    });
  });

  test.each(['float32', 'int32'] as const)('unsortedSegmentSum of %s', async (dtype) => {
    await expectAsOnCpu(() => {
      const x = tf.cast(tf.mul(random('x', [6, 2, 3]), 10), dtype);
      const ids = tf.tensor1d([4, 0, -1, 4, 2, 0], 'int32');
      return [tf.unsortedSegmentSum(x, ids, 5)];
    });
  });

  test('the gradient of gather', async () => {
    await expectAsOnCpu(() => {
      const ids = tf.tensor1d([2, 0, 2, 5], 'int32');
      const dx = tf.grad((x: tf.Tensor) => tf.gather(x, ids))(
        random('x', [6, 7]),
        random('d', [4, 7]),
      );
      return [dx];
    });
  });

  describe.each([
    { name: 'mean', op: tf.mean },
    { name: 'sum', op: tf.sum },
  ])('$name', ({ name, op }) => {
    test.each([
      [[6, 5], [0]],
      [[6, 5], [1]],
      [
        [7, 3, 4, 5],
        [0, 1, 2],
      ],
      [
        [7, 3, 4, 5],
        [1, 2],
      ],
      [[2, 9, 5], [1]],
      [
        [2, 9, 5],
        [0, 2],
      ],
      [
        [3, 4],
        [0, 1],
      ],
      [[260, 1], [0]],
      [[520, 19], [0]],
    ])('of %j over %j', async (shape, axes) => {
      await expectAsOnCpu(() => {
        const x = tf.add(random('x', shape), 0.5);
        return [op(x, axes), op(x, axes, true)];
      });
    });

    test('keeps NaN and infinity', () => {
      tf.tidy(() => {
        const x = tf.tensor2d([1, Number.NaN, 2, 3, 4, Number.POSITIVE_INFINITY], [2, 3]);
        const [finite, nan, infinite] = op(x, 0).dataSync();
        expect(finite).toBe(name === 'mean' ? 2 : 4);
        expect(nan).toBeNaN();
        expect(infinite).toBe(Number.POSITIVE_INFINITY);
      });
    });

    test('of integers is exact', () => {
      tf.tidy(() => {
        expect(Array.from(tf.sum(tf.ones([49, 3]), 0).dataSync())).toEqual([49, 49, 49]);
        expect(Array.from(tf.sum(tf.ones([6, 3], 'int32'), 0).dataSync())).toEqual([6, 6, 6]);
      });
    });
  });
});
