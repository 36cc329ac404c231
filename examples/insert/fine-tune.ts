import { diskPictures } from '@fbsd/datasets';
import { countCorrect, predictedClasses } from '@fbsd/fbsd';
import { type Batch, batches, type Dataset } from '@fbsd/trainer';
import {
  oneHot,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor4d,
  tidy,
  train,
} from '@tensorflow/tfjs-core';
import type { Variant } from './variants.ts';

export interface FineTuning {
  epochs: number;
  batchSize: number;
  imageSize: number;
  learningRate: number;
  seed: number;
}

/**
 * Trains a variant with tfjs's own `compile` and `fitDataset`.
 *
 * @param onEpoch is told the number of the epoch, from 1, and the mean loss in it
 */
export async function fineTune(
  { model, losses }: Variant,
  { train: samples, classNames }: Dataset,
  { epochs, learningRate, ...options }: FineTuning,
  onEpoch: (epoch: number, loss: number) => void,
): Promise<void> {
  let epoch = 0;
  const generate = async function* () {
    for await (const batch of batches(samples, {
      ...options,
      pictures: diskPictures,
      train: true,
      epoch: epoch++,
    })) {
      yield toTensors(batch, classNames.length, model.outputs.length);
    }
  };
  model.compile({ optimizer: train.adam(learningRate), loss: losses });
  await model.fitDataset(
    { iterator: async () => generate(), size: Number.NaN },
    {
      epochs,
      verbose: 0,
      callbacks: { onEpochEnd: (done, logs) => onEpoch(done + 1, logs?.['loss'] as number) },
    },
  );
}

/** Share of the test images that the sum of the logits puts in the right class. */
export async function accuracyOf(
  { model }: Variant,
  { test }: Dataset,
  { batchSize, imageSize }: FineTuning,
): Promise<number> {
  let right = 0;
  for await (const { images, shape, labels } of batches(test, {
    pictures: diskPictures,
    batchSize,
    imageSize,
    train: false,
  })) {
    const correct = tidy(() => {
      const logits = [model.predictOnBatch(tensor4d(images, shape))].flat() as Tensor2D[];
      return countCorrect(predictedClasses(logits), tensor1d(labels, 'int32'));
    });
    right += (await correct.data())[0] as number;
    correct.dispose();
  }
  return right / test.length;
}

/** Every output learns the same labels. `fitDataset` disposes of the tensors. */
function toTensors({ images, shape, labels }: Batch, classes: number, outputs: number) {
  const ys = tidy(() => oneHot(tensor1d(labels, 'int32'), classes)) as Tensor;
  return { xs: tensor4d(images, shape), ys: outputs === 1 ? ys : Array(outputs).fill(ys) };
}
