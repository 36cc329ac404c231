import { accelerate } from '@fbsd/kernels';
import '@fbsd/testing';
import { jest } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { random } from '../support/reference.ts';

describe('accelerate', () => {
  test('on cpu installs nothing', async () => {
    await tf.setBackend('cpu');
    const acceleration = accelerate();
    expect(acceleration.backend).toBe('cpu');
    expect(acceleration.kernels).toEqual([]);
    acceleration.restore();
  });

  describe('on wasm', () => {
    beforeAll(async () => {
      await tf.setBackend('wasm');
    });
    afterEach(() => accelerate().restore());

    test('installs once', () => {
      const first = accelerate();
      const kernel = tf.getKernel('Conv2DBackpropFilter', 'wasm');
      expect(accelerate()).toBe(first);
      expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBe(kernel);
      expect(first.kernels).toContain('Conv2DBackpropFilter');
    });

    test('restores every kernel', () => {
      const names = accelerate().kernels;
      accelerate().restore();
      const stock = names.map((name) => tf.getKernel(name, 'wasm'));
      const acceleration = accelerate();
      const replaced = names.map((name) => tf.getKernel(name, 'wasm'));
      replaced.forEach((config, i) => {
        expect(config?.kernelFunc).not.toBe(stock[i]?.kernelFunc);
      });
      acceleration.restore();
      expect(names.map((name) => tf.getKernel(name, 'wasm'))).toEqual(stock);
      expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeUndefined();
    });

    test.each(['FusedBatchNorm', 'Relu'])('restores the gradient of %s', (name) => {
      const stock = tf.getGradient(name);
      const acceleration = accelerate();
      expect(tf.getGradient(name)).not.toBe(stock);
      acceleration.restore();
      expect(tf.getGradient(name)).toBe(stock);
    });

    test('an old restore does not undo a new acceleration', () => {
      const old = accelerate();
      old.restore();
      accelerate();
      const installed = tf.getKernel('Conv2DBackpropFilter', 'wasm');
      expect(installed?.kernelName).toBe('Conv2DBackpropFilter');
      old.restore();
      expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBe(installed);
    });

    test('logs nothing', () => {
      const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
      accelerate().restore();
      accelerate();
      expect(warn).not.toHaveBeenCalled();
      warn.mockRestore();
    });
  });
});

describe('training on wasm after accelerate', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    accelerate();
  });
  afterAll(() => accelerate().restore());

  /** Every layer of a stock CNN that needs a gradient of its own. */
  function network() {
    const x = input({ shape: [13, 13, 3] });
    const seed = { kernelInitializer: 'glorotNormal' as const };
    let y = layers.zeroPadding2d({ padding: 1 }).apply(x) as SymbolicTensor;
    y = layers
      .conv2d({ filters: 8, kernelSize: 3, strides: 2, activation: 'relu', ...seed })
      .apply(y) as SymbolicTensor;
    y = layers.batchNormalization().apply(y) as SymbolicTensor;
    y = layers
      .maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })
      .apply(y) as SymbolicTensor;
    const left = layers.conv2d({ filters: 6, kernelSize: 1, useBias: false }).apply(y);
    const right = layers
      .depthwiseConv2d({ kernelSize: 3, padding: 'same', activation: 'elu' })
      .apply(y);
    y = layers.concatenate().apply([left, right] as SymbolicTensor[]) as SymbolicTensor;
    y = layers.separableConv2d({ filters: 8, kernelSize: 2 }).apply(y) as SymbolicTensor;
    y = layers
      .conv2dTranspose({ filters: 4, kernelSize: 2, strides: 2 })
      .apply(y) as SymbolicTensor;
    y = layers.averagePooling2d({ poolSize: 2 }).apply(y) as SymbolicTensor;
    y = layers.flatten().apply(y) as SymbolicTensor;
    y = layers.dense({ units: 12, activation: 'elu' }).apply(y) as SymbolicTensor;
    y = layers.dense({ units: 3, activation: 'softmax' }).apply(y) as SymbolicTensor;
    return model({ inputs: x, outputs: y });
  }

  test('model.fit() of a stock CNN learns', async () => {
    const net = network();
    net.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
    const x = random('images', [12, 13, 13, 3]);
    const labels = tf.oneHot(
      tf.tensor1d(
        Array.from({ length: 12 }, (_, i) => i % 3),
        'int32',
      ),
      3,
    );
    const { history } = await net.fit(x, labels, { epochs: 30, batchSize: 12, verbose: 0 });
    const { loss: losses } = history as { loss: number[] };
    expect(losses[0]).toBeGreaterThan(0.7);
    expect(losses.at(-1)).toBeLessThan(0.3);
    net.dispose();
    tf.dispose([x, labels]);
  });

  test('neither tensors nor the heap grow from step to step', async () => {
    const net = network();
    net.compile({ optimizer: tf.train.sgd(0.01), loss: 'categoricalCrossentropy' });
    const x = random('images', [6, 13, 13, 3]);
    const labels = tf.ones([6, 3]);
    for (let i = 0; i < 3; i++) await net.trainOnBatch(x, labels);
    const heap = () =>
      (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
    const before = { ...counts(), heap: heap() };
    for (let i = 0; i < 100; i++) await net.trainOnBatch(x, labels);
    expect({ ...counts(), heap: heap() }).toEqual(before);
    net.dispose();
    tf.dispose([x, labels]);
  });

  test('clones outlive what they were cloned from', () => {
    const [old, next] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
    const variable = tf.variable(old);
    old.dispose();
    const clone = tf.clone(variable);
    const reshaped = tf.reshape(variable, [2, 1]);
    variable.assign(next);
    next.dispose();
    expect([...clone.dataSync(), ...reshaped.dataSync()]).toEqual([1, 2, 1, 2]);
    variable.dispose();
    expect(Array.from(clone.dataSync())).toEqual([1, 2]);
    const buffers = tf.memory().numDataBuffers;
    tf.dispose([clone, reshaped]);
    expect(tf.memory().numDataBuffers).toBe(buffers - 1);
  });
});

function counts() {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  return { numTensors, numDataBuffers, numBytes };
}
