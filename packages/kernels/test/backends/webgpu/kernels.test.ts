import { accelerate, type SgdParameter, sgdStep } from '@fbsd/kernels';
import { expectClose, expectNoLeak, signal, type Values } from '@fbsd/testing';
import { jest } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import {
  cases,
  gradientsOf,
  positionOfZeros,
  valuesAndGradients,
} from '../../support/diversify-cases.ts';
import { expectAsOnCpu, random, read } from '../../support/reference.ts';
import { afterTwoSteps, dispose, options, parameters, shapes } from '../../support/sgd-cases.ts';
import {
  gradientsOfEqualValues,
  cases as topKCases,
  valueAndGradient,
} from '../../support/top-k-cases.ts';
import { allocatedBytes, describeWebGPU } from '../../support/webgpu.ts';

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
    const before = [allocatedBytes(), tf.memory().numTensors];
    for (let i = 0; i < 3; i++) await step();
    expect([allocatedBytes(), tf.memory().numTensors]).toEqual(before);
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
        true,
        true,
        true,
        false,
        false,
        false,
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
            factor: 0.7,
            ...attrs,
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
