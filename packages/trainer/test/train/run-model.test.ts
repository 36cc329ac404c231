import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import type { Batch } from '../../src/data/batches.ts';
import { evaluate } from '../../src/train/evaluate.ts';
import { predict } from '../../src/train/predict.ts';
import { runModel } from '../../src/train/run-model.ts';
import { UserError } from '../../src/user-error.ts';

beforeAll(() => tf.setBackend('cpu'));

/** tfjs builds such a convolution, and refuses to compute it. */
function modelThatCannotRun(): LayersModel {
  const images = input({ shape: [8, 8, 3] });
  const conv = layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, dilationRate: 2 });
  const map = conv.apply(images) as SymbolicTensor;
  const logits = layers.globalAveragePooling2d({}).apply(map) as SymbolicTensor;
  return model({ inputs: images, outputs: logits, name: 'damaged' });
}

test('a model that can be built and not run is said to be damaged', async () => {
  const damaged = modelThatCannotRun();
  const images = new Float32Array(8 * 8 * 3);
  const batch: Batch = {
    images,
    shape: [1, 8, 8, 3],
    labels: Int32Array.of(0),
    samples: [],
  };
  async function* batches() {
    yield batch;
  }
  for (const run of [
    () => predict(damaged, [images], 8, 2),
    () => evaluate(damaged, batches(), 2),
  ]) {
    const before = tf.memory().numTensors;
    const refused = run();
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toThrow(
      /^\[@fbsd\/trainer\] the model 'damaged' cannot be run: .*[Dd]ilat.*restore it from a copy\.$/s,
    );
    expect(tf.memory().numTensors).toBe(before);
  }
  damaged.dispose();
});

test('errors of a name of their own stay what they are', () => {
  const own = Object.assign(new RangeError('full'), { name: 'WasmMemoryError' });
  const running = () =>
    runModel(modelThatCannotRun(), () => {
      throw own;
    });
  expect(running).toThrow(own);
});
