import * as kernels from '@fbsd/kernels';
import * as tensorflow from '@fbsd/kernels/tensorflow';
import * as wasm from '@fbsd/kernels/wasm';
import * as webgpu from '@fbsd/kernels/webgpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';

const entries = { wasm, webgpu, tensorflow };

describe.each(Object.entries(entries))('the entry %s', (name, entry) => {
  test('exports an accelerate and nothing else', () => {
    expect(Object.keys(entry)).toEqual(['accelerate']);
  });

  test('refuses another backend', async () => {
    await tf.setBackend('cpu');
    expect(() => entry.accelerate()).toThrow(
      `[@fbsd/kernels/${name}] accelerate: the current backend must be ${name}; got cpu.`,
    );
  });
});

describe('the entry wasm', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
  });
  afterEach(() => kernels.accelerate().restore());

  test('installs once, together with the entry that knows all backends', () => {
    const first = wasm.accelerate();
    expect(kernels.accelerate()).toBe(first);
    expect(wasm.accelerate()).toBe(first);
    first.restore();
    const second = kernels.accelerate();
    expect(second).not.toBe(first);
    expect(wasm.accelerate()).toBe(second);
  });

  test('installs what the entry that knows all backends installs', () => {
    const alone = wasm.accelerate();
    alone.restore();
    expect(alone.kernels).toContain('FbsdMultiTensorSgd');
    expect(kernels.accelerate().kernels).toEqual(alone.kernels);
  });

  test('makes the ops of the package use its kernels', () => {
    wasm.accelerate();
    const weight = tf.variable(tf.tensor1d([1]));
    const velocity = tf.variable(tf.tensor1d([0]));
    const gradient = tf.tensor1d([2]);
    const kernel = tf.getKernel('FbsdMultiTensorSgd', 'wasm');
    let calls = 0;
    tf.unregisterKernel('FbsdMultiTensorSgd', 'wasm');
    tf.registerKernel({
      kernelName: 'FbsdMultiTensorSgd',
      backendName: 'wasm',
      kernelFunc: (args) => {
        calls++;
        return kernel?.kernelFunc(args) as tf.TensorInfo[];
      },
    });
    kernels.sgdStep([{ weight, velocity, gradient }], { learningRate: 0.5 });
    expect(calls).toBe(1);
    expect([...weight.dataSync()]).toEqual([0]);
    tf.dispose([weight, velocity, gradient]);
  });
});
