import { fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { useWebGPU } from '@fbsd/kernels/node';
import { expectClose, signal, toTensor } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { SGD } from '../../src/train/sgd.ts';
import { trainStep } from '../../src/train/train-step.ts';
import '@tensorflow/tfjs-backend-wasm';

const BATCH = 4;
const SIZE = 65;
/** One with which no ReLU, no strip and no top-k choice is so close that rounding decides it. */
const SEED = 2;

/** Why WebGPU is not there; undefined if it is. */
const missing = (await useWebGPU({ allowSoftware: true }).then(
  (webgpu) => webgpu.dispose(),
  (error: Error) => error.message,
)) as string | undefined;

/** The losses of two training steps of the small network, and its weights after them. */
async function trainTwoSteps(): Promise<{ losses: number[]; weights: Float32Array[] }> {
  const widths = { convWidths: [8, 12], hiddenUnits: 6 } as const;
  const model = fbsd({ arch: 'mini', classes: 3, imageSize: SIZE, seed: SEED, ...widths });
  const optimizer = new SGD(model);
  const labels = tf.tensor1d([0, 1, 2, 0], 'int32');
  const losses: number[] = [];
  let tensors = 0;
  for (const name of ['first', 'second']) {
    const images = toTensor<tf.Tensor4D>(signal(name, [BATCH, SIZE, SIZE, 3]));
    if (name === 'second') tensors = tf.memory().numTensors;
    losses.push(...(await trainStep(model, optimizer, images, labels)).losses);
    if (name === 'second') expect(tf.memory().numTensors).toBe(tensors); // none left behind
    images.dispose();
  }
  const weights = await Promise.all(
    model.weights.map((weight) => weight.read().data<'float32'>() as Promise<Float32Array>),
  );
  optimizer.dispose();
  model.dispose();
  labels.dispose();
  return { losses, weights };
}

const describeWebGPU = missing ? describe.skip : describe;
describeWebGPU(`training on webgpu${missing ? ` (${missing})` : ''}`, () => {
  test('two steps of the small network equal those on wasm', async () => {
    tf.env().set('PROD', true);
    await tf.setBackend('wasm');
    accelerate();
    const expected = await trainTwoSteps();
    const webgpu = await useWebGPU({ allowSoftware: true });
    const actual = await trainTwoSteps();
    expect(webgpu.memory().peakBytes).toBeGreaterThan(webgpu.memory().bytes / 2);
    webgpu.dispose();
    const values = (data: ArrayLike<number>) => ({ shape: [data.length], data });
    expectClose(values(actual.losses), values(expected.losses), { rtol: 1e-3 });
    expected.weights.forEach((data, i) => {
      // Biases that a batch norm takes away again hold nothing but rounding errors.
      if (!data.some((value) => Math.abs(value) > 1e-4)) return;
      const weights = values(actual.weights[i] as Float32Array);
      expectClose(weights, values(data), { rtol: 1e-3, atol: 1e-5 });
    });
  }, 300_000); // a driver on the CPU takes half a minute where nothing else runs
});
