import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ThreadedWasm, useThreadedWasm } from '@fbsd/kernels/node';
import { expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { moduleOf } from '../src/backends/wasm/module.ts';
import * as composed from '../src/ops/batch-norm-fallback.ts';
import * as own from '../src/ops/batch-norm-kernels.ts';
import { expectAsOnCpu, random } from './support/reference.ts';
import { afterTwoSteps } from './support/sgd-cases.ts';
import { guardKernels } from './support/wasm.ts';

type Pair = [tf.Tensor1D, tf.Tensor1D];
type Triple = [tf.Tensor, tf.Tensor, tf.Tensor];

describe('useThreadedWasm', () => {
  let wasm: ThreadedWasm;
  beforeAll(async () => {
    wasm = await useThreadedWasm({ threads: 3 });
  });
  guardKernels();
  afterAll(() => wasm.dispose());

  test('makes wasm the backend, with our kernels on threads', () => {
    expect(tf.getBackend()).toBe('wasm');
    expect(wasm.threads).toBe(3);
    expect(wasm.acceleration.kernels).toContain('Conv2DBackpropFilter');
    expect(moduleOf(tf.backend()).shares({ items: 1000, cost: 1000, step: 4 })).toBe(3);
  });

  // Large enough to be divided, in shares that are not multiples of a tile.
  test.each([
    { name: 'stride 1', x: [1, 9, 11, 17], filter: [3, 3, 17, 45], strides: 1 },
    { name: 'stride 2', x: [1, 19, 21, 13], filter: [3, 3, 13, 45], strides: 2 },
    { name: 'few channels', x: [1, 30, 29, 3], filter: [7, 7, 3, 21], strides: 2 },
  ])('convolution and its gradients equal those of cpu: $name', async ({ x, filter, strides }) => {
    await expectAsOnCpu(() => {
      const apply = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, 'same');
      const inputs = [random('x', x), random('filter', filter)] as [tf.Tensor, tf.Tensor];
      const y = apply(...inputs);
      return [y, ...tf.grads(apply)(inputs, random('dy', y.shape))];
    });
  });

  test.each([
    [
      [75, 131],
      [131, 66],
    ],
    [
      [5, 75, 71],
      [5, 71, 66],
    ],
  ])('matrix products equal those of cpu: %j · %j', async (a, b) => {
    await expectAsOnCpu(() => {
      const inputs = [random('a', a), random('b', b)] as [tf.Tensor, tf.Tensor];
      const y = tf.matMul(...inputs);
      return [y, ...tf.grads((a, b) => tf.matMul(a, b))(inputs, random('dy', y.shape))];
    });
  });

  test.each([false, true])('batch norm equals the composition, relu %s', (relu) => {
    tf.tidy(() => {
      const shape = [3, 41, 43, 35];
      const [x, residual, dy] = ['x', 'r', 'dy'].map((name) => random(name, shape)) as Triple;
      const [gamma, beta] = ['gamma', 'beta'].map((name) => random(name, [35])) as Pair;
      const [mean, variance] = tf.unstack(composed.moments(x)) as Pair;
      expectClose(own.moments(x), composed.moments(x));
      const inputs = [x, mean, variance, gamma, beta, residual] as const;
      const y = composed.normalize(...inputs, { epsilon: 1e-5, relu });
      expectClose(own.normalize(...inputs, { epsilon: 1e-5, relu }), y);
      const saved = [dy, x, mean, variance, gamma, relu ? y : undefined] as const;
      const attrs = { epsilon: 1e-5, residual: true };
      const [actual, expected] = [own, composed].map((kernels) =>
        kernels.backward(...saved, attrs),
      );
      for (const name of ['x', 'gamma', 'beta', 'residual'] as const) {
        expectClose(actual?.[name] as tf.Tensor, expected?.[name] as tf.Tensor, {
          rtol: 1e-3,
          atol: 1e-3,
        });
      }
    });
  });

  test('the gradient of max pool and ReLU, means and SGD equal those of cpu', async () => {
    await expectAsOnCpu(() => {
      const x = random('x', [3, 64, 65, 17]);
      const small = random('small', [3, 36, 35, 17]);
      const pool = (x: tf.Tensor) => tf.maxPool(tf.relu(x as tf.Tensor4D), 5, 2, 'same');
      const moved = afterTwoSteps([x.shape], {
        learningRate: 0.1,
        momentum: 0.9,
        weightDecay: 0.1,
      });
      return [tf.grad(pool)(small), tf.mean(x, [1, 2]), ...moved];
    });
  });

  test('refuses a second one', async () => {
    await expect(useThreadedWasm()).rejects.toThrow('in use already');
  });

  test.each([0, 1.5, Number.NaN])('refuses %d threads', async (threads) => {
    await expect(useThreadedWasm({ threads })).rejects.toThrow(RangeError);
  });

  test('an error on another thread reaches the caller', () => {
    const module = moduleOf(tf.backend());
    // Addresses beyond the end of the memory.
    const outside = (first: number, last: number) => [...Array(3).fill(2 ** 31), first, last];
    const work = { items: 1e6, cost: 1000 };
    expect(() =>
      module.parallel('reluGradient', work, (first, last, thread) =>
        thread === 0 ? outside(0, 0) : outside(first, last),
      ),
    ).toThrow('reluGradient failed on another thread');
  });
});

test('refuses to drop tensors', async () => {
  await tf.setBackend('wasm');
  const held = tf.ones([2]);
  await expect(useThreadedWasm()).rejects.toThrow('holds 1 tensors, which would be lost');
  held.dispose();
});

describe('dispose', () => {
  test('puts the stock backend back, and the threads can be started again', async () => {
    const first = await useThreadedWasm({ threads: 2 });
    const shared = tf.backend();
    await first.dispose();
    await first.dispose();
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeUndefined();
    await tf.setBackend('wasm');
    expect(tf.backend()).not.toBe(shared);
    const second = await useThreadedWasm({ threads: 2 });
    tf.tidy(() => {
      expect(tf.sum(tf.matMul(tf.ones([100, 100]), tf.ones([100, 100]))).dataSync()[0]).toBe(1e6);
    });
    await second.dispose();
  });
});

test.each([
  ['without dispose', ''],
  ['with dispose', 'await wasm.dispose();'],
])('the process ends by itself %s', (_, last) => {
  const program = `
    import * as tf from '@tensorflow/tfjs-core';
    import { useThreadedWasm } from '@fbsd/kernels/node';
    const wasm = await useThreadedWasm({ threads: 3 });
    const a = tf.ones([200, 200]);
    const [value] = tf.matMul(a, a).dataSync();
    ${last}
    process.stdout.write(String(value));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '' },
    timeout: 30_000,
    encoding: 'utf8',
  });
  expect(output).toBe('200');
});
