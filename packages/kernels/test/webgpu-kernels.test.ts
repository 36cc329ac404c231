import {
  accelerate,
  batchNorm,
  batchNormInference,
  type SgdParameter,
  sgdStep,
  updateMovingStatistics,
} from '@fbsd/kernels';
import { expectClose, expectNoLeak, signal, type Values } from '@fbsd/testing';
import { jest } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import {
  ACTIVATIONS,
  convolutions,
  fusedConvolution,
  transposedConvolution,
} from './convolutions.ts';
import { cases, gradientsOf, positionOfZeros, valuesAndGradients } from './diversify-cases.ts';
import { expectAsOnCpu, random, read } from './reference.ts';
import { afterTwoSteps, dispose, options, parameters, shapes } from './sgd-cases.ts';
import { gradientsOfEqualValues, cases as topKCases, valueAndGradient } from './top-k-cases.ts';
import { describeWebGPU } from './webgpu.ts';

/** Bytes of all buffers, those that wait for reuse included. */
const allocated = () =>
  (tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;

describeWebGPU('accelerate', () => {
  test('restores every kernel', () => {
    const names = accelerate().kernels;
    expect(names).toContain('Conv2DBackpropFilter');
    accelerate().restore();
    const stock = names.map((name) => tf.getKernel(name, 'webgpu'));
    accelerate();
    names.forEach((name, i) => {
      expect(tf.getKernel(name, 'webgpu')?.kernelFunc).not.toBe(stock[i]?.kernelFunc);
    });
    accelerate().restore();
    expect(names.map((name) => tf.getKernel(name, 'webgpu'))).toEqual(stock);
    accelerate();
  });
});

describeWebGPU('convolutions', () => {
  test.each([
    ...convolutions,
    // Several tiles along each side, and positions enough for partial filter gradients.
    { x: [1, 10, 13, 8], filter: [3, 3, 8, 132], strides: 1, pad: 'same' } as const,
    { x: [2, 30, 33, 7], filter: [1, 1, 7, 5], strides: 1, pad: 'valid' } as const,
    { x: [2, 33, 36, 12], filter: [2, 2, 12, 8], strides: 1, pad: 'valid' } as const,
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

  test.each(ACTIVATIONS)('fused with bias and %s, value and gradients', async (activation) => {
    await expectAsOnCpu(() => fusedConvolution(activation, { size: 3, strides: 2 }));
  });

  test('fused, four channels at a time', async () => {
    await expectAsOnCpu(() => [
      tf.fused.conv2d({
        ...{ x: random('x', [2, 7, 6, 4]), filter: random('f', [3, 3, 4, 12]) },
        ...{ strides: 1, pad: 'same', bias: random('b', [12]) },
      }),
    ]);
  });

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
    const before = allocated();
    for (let i = 0; i < 5; i++) await run();
    expect(allocated()).toBe(before);
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

describeWebGPU('batch norm', () => {
  const inputs = (shape: number[]) => {
    const channels = [shape.at(-1) as number];
    return [
      tf.add(random('x', shape), 2),
      tf.add(random('gamma', channels), 1.5),
      random('beta', channels),
      random('residual', shape),
    ] as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  };

  describe.each([[[6, 5]], [[2, 33, 35, 20]], [[700, 33]], [[9, 1028]], [[2, 5, 3]]])(
    'at %j',
    (shape) => {
      test.each([
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ])('values and gradients with relu %s, residual %s', async (relu, added) => {
        await expectAsOnCpu(
          () => {
            const [x, gamma, beta, residual] = inputs(shape);
            const apply = (...[x, gamma, beta, residual]: tf.Tensor[]) =>
              batchNorm(x as tf.Tensor, gamma as tf.Tensor1D, beta as tf.Tensor1D, {
                relu,
                ...(added && { residual: residual as tf.Tensor }),
              });
            const given = [x, gamma, beta, ...(added ? [residual] : [])];
            const { y, mean, variance } = apply(...given);
            const dy = random('dy', shape);
            return [y, mean, variance, ...tf.grads((...x) => apply(...x).y)(given, dy)];
          },
          { rtol: 1e-3, atol: 1e-4 },
        );
      });

      test('with given statistics, values and gradients', async () => {
        await expectAsOnCpu(
          () => {
            const [x, gamma, beta, residual] = inputs(shape);
            const [mean, variance] = [tf.mul(beta, 2), tf.square(gamma)];
            const apply = (...[x, mean, variance, gamma, beta, residual]: tf.Tensor[]) =>
              batchNormInference(
                x as tf.Tensor,
                ...([mean, variance, gamma, beta] as [
                  tf.Tensor1D,
                  tf.Tensor1D,
                  tf.Tensor1D,
                  tf.Tensor1D,
                ]),
                { relu: true, residual: residual as tf.Tensor },
              );
            const given = [x, mean, variance, gamma, beta, residual] as tf.Tensor[];
            return [apply(...given), ...tf.grads(apply)(given, random('dy', shape))];
          },
          { rtol: 1e-3, atol: 1e-3 },
        );
      });
    },
  );

  test("of tfjs, with its own layers' gradient, with and without scale and offset", async () => {
    await expectAsOnCpu(
      () => {
        const [x, gamma, beta] = inputs([2, 4, 3, 7]);
        const [mean, variance] = [tf.mul(beta, 2), tf.square(gamma)];
        const all = (...[x, m, v, b, g]: tf.Tensor[]) =>
          tf.batchNorm(
            x as tf.Tensor,
            m as tf.Tensor1D,
            v as tf.Tensor1D,
            b as tf.Tensor1D,
            g as tf.Tensor1D,
          );
        const plain = tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D);
        const given = [x, mean, variance, beta, gamma] as tf.Tensor[];
        return [plain, all(...given), ...tf.grads(all)(given, random('dy', x.shape))];
      },
      { rtol: 1e-3, atol: 1e-4 },
    );
  });

  test('large values against their spread', async () => {
    await expectAsOnCpu(
      () => {
        const x = tf.add(random('spread', [400, 3]), 100);
        const { y, variance } = batchNorm(x, tf.ones([3]), tf.zeros([3]));
        return [y, variance];
      },
      { rtol: 1e-3, atol: 1e-3 },
    );
  });

  test('a NaN shows in the output', async () => {
    const y = tf.tidy(() => {
      const x = tf.tensor2d([1, Number.NaN, 2, 3], [2, 2]);
      return batchNorm(x, tf.ones([2]), tf.zeros([2]), { relu: true }).y;
    });
    const values = await y.data();
    expect(values[1]).toBeNaN();
    expect(values[2]).toBeCloseTo(1, 3);
    y.dispose();
  });

  test('leaves no tensor behind', () => {
    const given = tf.tidy(() => inputs([2, 3, 4, 8]));
    expectNoLeak(() =>
      tf.grads(
        (x, g, b, r) =>
          batchNorm(x, g as tf.Tensor1D, b as tf.Tensor1D, { relu: false, residual: r }).y,
      )(given),
    );
    tf.dispose(given);
  });
});

describeWebGPU('updateMovingStatistics', () => {
  test.each([1, 4, 1028])('of %d channels', async (channels) => {
    await expectAsOnCpu(() => {
      const statistics = (of: string) => ({
        mean: random(`${of} mean`, [channels]) as tf.Tensor1D,
        variance: random(`${of} variance`, [channels]) as tf.Tensor1D,
      });
      const options = { count: 3, momentum: 0.2 };
      const moved = updateMovingStatistics(statistics('moving'), statistics('batch'), options);
      return [moved.mean, moved.variance];
    });
  });
});

describeWebGPU('sgdStep', () => {
  test('moves several parameters in a dispatch', async () => {
    await expectAsOnCpu(() => afterTwoSteps(shapes, options));
    const moving = parameters(Array(6).fill([8]));
    const dispatch = jest.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
    sgdStep(moving, options);
    // Three buffers each, of which every adapter binds eight.
    expect(dispatch.mock.calls.length).toBeLessThanOrEqual(3);
    dispatch.mockRestore();
    dispose(moving);
  });

  test('writes over no values that others share', async () => {
    const moving = parameters([[8], [5]]);
    const shared = moving.map(({ weight }) => tf.clone(weight));
    const values = () => Promise.all(shared.map(async (tensor) => [...(await tensor.data())]));
    const before = await values();
    sgdStep(moving, options);
    expect(await values()).toEqual(before);
    tf.dispose(shared);
    dispose(moving);
  });

  test('is what a read after it sees', async () => {
    const [only] = parameters([[8]]) as [SgdParameter];
    const halve = () => sgdStep([{ ...only, gradient: only.weight }], { learningRate: 0.5 });
    const before = [...(await only.weight.data())];
    for (const factor of [0.5, 0.25]) {
      halve();
      const after = { shape: [8], data: await only.weight.data() };
      expectClose(after, { shape: [8], data: before.map((w) => factor * w) });
    }
    dispose([only]);
  });

  test('needs no memory beyond the parameters', async () => {
    const moving = parameters([[64, 64], [300]]);
    const step = async () => {
      sgdStep(moving, options);
      await moving[0]?.weight.data();
    };
    await step();
    await step();
    const before = [allocated(), tf.memory().numTensors];
    for (let i = 0; i < 3; i++) await step();
    expect([allocated(), tf.memory().numTensors]).toEqual(before);
    dispose(moving);
  });
});

describeWebGPU('relu', () => {
  test('gradient passes where the output is positive', async () => {
    const dx = tf.tidy(() => {
      const x = tf.tensor1d([-1, 0, 2, Number.POSITIVE_INFINITY, -0.5, 1e-30]);
      return tf.grad((x: tf.Tensor) => tf.relu(x))(x, tf.tensor1d([1, 2, 3, 5, 6, 7]));
    });
    expect(Array.from(await dx.data())).toEqual([0, 0, 3, 5, 0, 7]);
    dx.dispose();
  });
});

describeWebGPU('topKMean', () => {
  test.each(topKCases)('value and gradient of $shape, k = $k', async (c) => {
    await expectAsOnCpu(() => valueAndGradient(c));
  });

  test('of equal values the first positions are taken', async () => {
    await expectAsOnCpu(gradientsOfEqualValues);
  });
});

describeWebGPU('FbsdSoftmaxCrossEntropy', () => {
  const run = async (logits: ArrayLike<number>, labels: number[]) => {
    const classes = logits.length / labels.length;
    const [loss, gradient] = await read(() => {
      const inputs = {
        logits: tf.tensor2d(Float32Array.from(logits), [labels.length, classes]),
        labels: tf.tensor1d(labels, 'int32'),
      };
      return tf.engine().runKernel('FbsdSoftmaxCrossEntropy', inputs) as unknown as tf.Tensor[];
    });
    return { loss: loss as Values, gradient: gradient as Values };
  };

  test.each([
    [1, 3],
    [5, 1000],
    [20, 200],
    [300, 7],
  ])('of logits [%d,%d]', async (rows, classes) => {
    const logits = Array.from(signal('z', [rows, classes]).data, (z) => 10 * z);
    const labels = Array.from({ length: rows }, (_, i) => (7 * i + 2) % classes);
    let sum = 0;
    const gradients = labels.flatMap((label, row) => {
      const z = [...logits.slice(row * classes, (row + 1) * classes)];
      const total = z.reduce((total, value) => total + Math.exp(value), 0);
      sum += Math.log(total) - (z[label] as number);
      return z.map((value, i) => (Math.exp(value) / total - Number(i === label)) / rows);
    });
    const { loss, gradient } = await run(logits, labels);
    expectClose(loss, { shape: [], data: [sum / rows] }, { rtol: 1e-5 });
    expectClose(gradient, { shape: [rows, classes], data: gradients });
  });

  test('of one class, extreme logits and labels that are none', async () => {
    const one = await run([7, -3], [0, 0]);
    expect([one.loss.data[0], ...Array.from(one.gradient.data)]).toEqual([0, 0, 0]);
    const extreme = await run([1e4, -1e4, 1e4, -1e4, 1e4, 0], [0, 0]);
    expectClose(extreme.loss, { shape: [], data: [(Math.log(2) + 2e4) / 2] }, { rtol: 1e-6 });
    const expected = [-0.5, 0, 0.5, -1, 1, 0].map((difference) => difference / 2);
    expectClose(extreme.gradient, { shape: [2, 3], data: expected }, { rtol: 1e-5 });
    for (const label of [-1, 3]) {
      const { loss, gradient } = await run([1, 2, 3, 4, 5, 6], [label, 1]);
      expect(loss.data[0]).toBeNaN();
      expect(Array.from(gradient.data, Number.isNaN)).toEqual([
        ...[true, true, true],
        ...[false, false, false],
      ]);
    }
  });
});

describeWebGPU('diversify', () => {
  test.each(cases.map((shapes) => ({ shapes })))(
    'values and gradients of $shapes',
    async ({ shapes }) => {
      await expectAsOnCpu(() => valuesAndGradients(shapes));
    },
  );

  test.each(['FbsdDiversify', 'FbsdDiversifyGradient'])(
    '%s, an image at a time',
    async (kernel) => {
      const run = (attrs: Record<string, number>) =>
        read(() => {
          const maps = [
            [3, 6, 8],
            [3, 5, 8],
            [3, 2, 8],
          ].map((shape, i) => random(`map ${i}`, shape));
          const inputs =
            kernel === 'FbsdDiversify' ? maps : [...maps, ...maps.map((x) => tf.neg(x))];
          return tf.engine().runKernel(kernel, inputs as unknown as tf.NamedTensorMap, {
            ...{ factor: 0.7, ...attrs },
          });
        });
      const [whole, parts] = [await run({}), await run({ budget: 1 })];
      parts.forEach((values, i) => {
        expectClose(values, whole[i] as (typeof whole)[number], { rtol: 1e-6 });
      });
    },
  );

  test('a position of zeros has no direction', async () => {
    await expectAsOnCpu(positionOfZeros);
  });

  test('leaves no tensor behind', () => {
    const maps = [random('a', [2, 3, 3, 4]), random('b', [2, 2, 2, 4])];
    expectNoLeak(() => tf.tidy(() => gradientsOf(maps)));
    tf.dispose(maps);
  });
});
