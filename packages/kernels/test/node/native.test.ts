import {
  type Native,
  type NativeInstructions,
  useNative,
  useThreadedWasm,
} from '@fbsd/kernels/node';
import { startNativeKernels } from '@fbsd/native';
import { expectClose, type Values } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { compileFor, moduleOf } from '../../src/backends/wasm/module.ts';
import { accelerate } from '../../src/index.ts';
import { random } from '../support/reference.ts';
import { nativeSets } from '../support/wasm.ts';

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

describe('useNative refuses', () => {
  test.each([0, -1, 1.5, Number.NaN])('%p threads', async (threads) => {
    await expect(useNative({ threads })).rejects.toThrow(
      `[@fbsd/kernels] useNative: threads must be a positive integer; got ${threads}.`,
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
    expect(native.acceleration.kernels).toContain('Conv2DBackpropFilter');
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
