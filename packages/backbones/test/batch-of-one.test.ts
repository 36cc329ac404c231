import { batchNorm } from '@fbsd/backbones';
import { describeBackends, signal, toTensor } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Trains on five images, four at a time: the last batch is one image. */
async function fit(shape: number[]): Promise<number[]> {
  const images = input({ shape });
  const normalized = batchNorm({ name: 'bn' }).apply(images);
  const flat = layers.flatten().apply(normalized);
  const trained = model({
    inputs: images,
    outputs: layers.dense({ units: 1 }).apply(flat) as SymbolicTensor,
  });
  trained.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [toTensor(signal('x', [5, ...shape])), toTensor(signal('y', [5, 1]))];
  try {
    await trained.fit(x, y, { batchSize: 4, shuffle: false, verbose: 0 });
    return trained
      .getLayer('bn')
      .getWeights()
      .flatMap((weight) => [...weight.dataSync()]);
  } finally {
    tf.dispose([x, y]);
    trained.dispose();
  }
}

describeBackends('a last batch of one image', () => {
  test('is trained on where its map has several positions, as in PyTorch', async () => {
    const weights = await fit([2, 2, 3]);
    expect(weights).toHaveLength(12);
    expect(weights.every(Number.isFinite)).toBe(true);
  });

  test('is named where there is one value for each channel, which PyTorch refuses', async () => {
    await expect(fit([1, 1, 3])).rejects.toThrow(/a batch of one image.*Choose a batchSize/);
  });
});
