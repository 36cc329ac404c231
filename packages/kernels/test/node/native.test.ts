import {
  type Native,
  type NativeInstructions,
  type NativePrecision,
  useNative,
  useThreadedWasm,
} from '@fbsd/kernels/node';
import { startNativeKernels } from '@fbsd/native';
import { expectClose, type Values } from '@fbsd/testing';
import { nativeSets } from '@fbsd/testing/native';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { compileFor } from '../../src/backends/wasm/code.ts';
import { moduleOf } from '../../src/backends/wasm/module.ts';
import { accelerate } from '../../src/index.ts';
import { random } from '../support/reference.ts';

const sets = nativeSets();
const describeNative = sets.length > 0 ? describe : describe.skip; // without `npm run build:native`

/** A convolution and its gradients: what tfjs's own wasm backend cannot. */
function convolve(): tf.Tensor[] {
  const inputs = [random('x', [1, 9, 11, 17]), random('filter', [3, 3, 17, 45])];
  const apply = (x: tf.Tensor, filter: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');
  const y = apply(...(inputs as [tf.Tensor, tf.Tensor]));
  return [y, ...tf.grads(apply)(inputs, random('dy', y.shape))];
}

/** Its values, wherever they were computed. */
const computed = (): Values[] =>
  tf.tidy(() => convolve().map((tensor) => ({ shape: tensor.shape, data: tensor.dataSync() })));

function expectRight(expected: readonly Values[]): void {
  for (const [i, actual] of computed().entries()) expectClose(actual, expected[i] as Values);
}
const kernelsOf = () => moduleOf(tf.backend());

const bfloat16Sets = nativeSets('bf16'); // of CPUs with AVX512_BF16, and AMX

describe('useNative refuses', () => {
  test.each([0, -1, 1.5, Number.NaN])('%p threads', async (threads) => {
    await expect(useNative({ threads })).rejects.toThrow(
      `[@fbsd/kernels] useNative: threads must be a positive integer; got ${threads}.`,
    );
  });

  test('a precision that is not known', async () => {
    const precision = 'half' as NativePrecision;
    await expect(useNative({ precision })).rejects.toThrow(
      "[@fbsd/kernels] useNative: precision must be 'float32' or 'bf16'; got 'half'.",
    );
  });

  test('an option that is not known', async () => {
    await expect(useNative({ thread: 2 } as object)).rejects.toThrow(/useNative.*thread/);
  });
});

describeNative('useNative', () => {
  let expected: Values[];
  let native: Native | undefined;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    expected = computed();
  });
  afterEach(() => native?.dispose());

  test.each(sets)('computes with %s, on tensors that stay', async (instructions) => {
    await tf.setBackend('wasm');
    const before = tf.tensor1d([1, 2, 3]);
    native = await useNative({ threads: 2, instructions });
    expect(native).toMatchObject({ threads: 2, instructions });
    expect(native.acceleration.kernels).toEqual(
      expect.arrayContaining(['Conv2DBackpropFilter', 'Multiply', 'Relu']),
    );
    expect(tf.getBackend()).toBe('wasm');
    expectRight(expected);
    expect(Array.from(before.dataSync())).toEqual([1, 2, 3]);
    native.dispose();
    expect(Array.from(before.dataSync())).toEqual([1, 2, 3]);
    before.dispose();
  });

  test('has each function and each size of the WebAssembly module', async () => {
    const wasm = WebAssembly.Module.exports(compileFor(new WebAssembly.Memory({ initial: 1 })))
      .map(({ name }) => name)
      .filter((name) => name !== 'memory');
    for (const instructions of sets) {
      const kernels = startNativeKernels({ threads: 1, instructions });
      const lacking = wasm.filter((name) => !kernels.has(name) && !(name in kernels.sizes));
      expect({ instructions, lacking }).toEqual({ instructions, lacking: [] });
    }
    expect(wasm.length).toBeGreaterThan(40);
  });

  test('takes the fastest instructions and a thread for each CPU, at most 8', async () => {
    native = await useNative();
    expect(native.instructions).toBe(sets[0]);
    expect(native.threads).toBeGreaterThanOrEqual(1);
    expect(native.threads).toBeLessThanOrEqual(8);
    expect(kernelsOf().threads).toBe(native.threads);
  });

  test('is used once at a time', async () => {
    native = await useNative();
    await expect(useNative()).rejects.toThrow('useNative: it is in use already');
    native.dispose();
    native.dispose(); // does nothing
    native = await useNative({ threads: 1 });
    expect(kernelsOf().threads).toBe(1);
  });

  test('dispose puts tfjs back, and leaves nothing on its heap', async () => {
    await tf.setBackend('wasm');
    native = await useNative();
    computed();
    native.dispose();
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeUndefined();
    const { tensors, bytes } = { tensors: tf.memory().numTensors, bytes: tf.memory().numBytes };
    native = await useNative();
    computed();
    native.dispose();
    expect(tf.memory()).toMatchObject({ numTensors: tensors, numBytes: bytes });
  });

  test('dispose puts back what accelerate installed', async () => {
    await tf.setBackend('wasm');
    const acceleration = accelerate();
    const wasm = kernelsOf();
    native = await useNative({ threads: 2 });
    expect(kernelsOf()).not.toBe(wasm);
    native.dispose();
    expect(kernelsOf()).toBe(wasm);
    expectRight(expected);
    acceleration.restore();
  });

  test('a CPU that lacks the instructions is a NoNativeError, after which wasm goes on', async () => {
    const instructions = (sets.includes('NEON') ? 'AVX2' : 'NEON') as NativeInstructions;
    await expect(useNative({ instructions })).rejects.toMatchObject({
      name: 'NoNativeError',
      message: expect.stringContaining(`this CPU lacks ${instructions}`),
    });
    native = await useNative();
  });

  test('takes the place of the threads of wasm, and gives it back', async () => {
    const threaded = await useThreadedWasm({ threads: 2 });
    const pool = kernelsOf();
    native = await useNative({ threads: 3 });
    expect(kernelsOf().threads).toBe(3);
    expectRight(expected);
    native.dispose();
    expect(kernelsOf()).toBe(pool);
    expectRight(expected);
    await threaded.dispose();
  });
});

test('bf16 takes the fastest instructions', async () => {
  const [fastest] = bfloat16Sets;
  if (!fastest) return;
  const native = await useNative({ precision: 'bf16' });
  expect(native).toMatchObject({ precision: 'bf16', instructions: fastest });
  native.dispose();
});

const describeBfloat16 =
  bfloat16Sets.length > 0
    ? describe.each(bfloat16Sets)
    : describe.skip.each<NativeInstructions>(['AVX512_BF16']);

describeBfloat16("useNative({ precision: 'bf16' }) with %s", (instructions) => {
  let native: Native;
  beforeAll(async () => {
    native = await useNative({ precision: 'bf16', threads: 2, instructions });
  });
  afterAll(() => native.dispose());

  test('says so', () => {
    expect(native).toMatchObject({ precision: 'bf16', instructions });
  });

  test('rounds what is multiplied to 8 bits, ties to even, and no sum', () => {
    const factors = [1 + 2 ** -9, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.14159274, -1 / 0, Number.NaN];
    const column = tf.tensor2d(factors, [factors.length, 1]);
    const rounded = [1, 1, 1 + 2 ** -6, 3.140625, -1 / 0, Number.NaN];
    expect(Array.from(tf.matMul(column, [[1]]).dataSync())).toEqual(rounded);
    expect(Array.from(tf.matMul([[4096, 1]], [[1], [2 ** -11]]).dataSync())).toEqual([
      4096 + 2 ** -11,
    ]);
  });

  /** Whole numbers of [-4,4], whose products and sums are exact. */
  const whole = (name: string, shape: number[]) =>
    tf.tidy(() => tf.round(tf.mul(random(name, shape), 4)));

  test.each([
    { x: [2, 9, 11, 7], filter: [1, 1, 7, 45], stride: 1 },
    { x: [2, 9, 11, 7], filter: [3, 2, 7, 13], stride: 1 },
    { x: [1, 12, 9, 33], filter: [3, 3, 33, 40], stride: 2 },
    { x: [1, 17, 15, 3], filter: [7, 7, 3, 16], stride: 2 },
    // More than are packed at a time: positions of a filter gradient; values below a position, forward and backward.
    { x: [1, 29, 31, 5], filter: [1, 1, 5, 19], stride: 1 },
    { x: [1, 5, 6, 301], filter: [3, 3, 301, 34], stride: 1 },
    { x: [1, 9, 7, 5], filter: [3, 3, 5, 1203], stride: 2 },
  ])('convolves whole numbers exactly, with gradients: $x ∗ $filter', async (each) => {
    const { x, filter, stride } = each;
    const compute = () => {
      const inputs = [whole('x', x), whole('filter', filter)];
      const apply = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, 'same');
      const y = apply(...(inputs as [tf.Tensor, tf.Tensor]));
      return [y, ...tf.grads(apply)(inputs, whole('dy', y.shape))];
    };
    const actual = tf.tidy(() => compute().map((tensor) => Array.from(tensor.dataSync())));
    await tf.setBackend('cpu');
    const expected = tf.tidy(() => compute().map((tensor) => Array.from(tensor.dataSync())));
    await tf.setBackend('wasm');
    expect(actual).toEqual(expected);
  });
});
