import { accelerate } from '@fbsd/kernels';
import { batches, evaluate, type MetricsLine, SGD, splitValidation, train } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { levelsModel } from '../support/levels-model.ts';
import { memoryDataset, memoryPictures as pictures } from '../support/memory-pictures.ts';

const rates = { newLearningRate: 0.01, pretrainedLearningRate: 0.01 };

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
});

describe('tests while training', () => {
  test('are of each image and its mirror image where that is asked for', async () => {
    const model = levelsModel(2);
    const optimizer = new SGD(model, { newLearningRate: 0, pretrainedLearningRate: 0 });
    const dataset = memoryDataset(2, { train: 4, test: 6 });
    const args = { model, optimizer, dataset, pictures, imageSize: 32, batchSize: 2 };
    const { evaluation } = await train({ ...args, totalEpochs: 1, testTimeFlip: true });
    const flipped = evaluation?.losses;
    const test = batches(dataset.test, { ...args, train: false });
    const expected = await evaluate(model, test, 2, undefined, { flip: true });
    expect(flipped).toEqual(expected.losses);
    const plain = batches(dataset.test, { ...args, train: false });
    expect((await evaluate(model, plain, 2)).losses).not.toEqual(flipped);
    optimizer.dispose();
    model.dispose();
  });

  test('are of a validation split alone where there is one, and what is best goes by it', async () => {
    const { train: samples, test: held, classNames } = memoryDataset(2, { train: 8, test: 4 });
    const model = levelsModel(2);
    const optimizer = new SGD(model, rates);
    const asked = new Set<string>();
    const lines: MetricsLine[] = [];
    const { train: trained, validation } = splitValidation({ train: samples }, { share: 0.25 });
    const result = await train({
      model,
      optimizer,
      dataset: { train: trained, validation, test: held, classNames },
      pictures: {
        read(picture) {
          asked.add(picture.path);
          return pictures.read(picture);
        },
      },
      imageSize: 32,
      batchSize: 3,
      totalEpochs: 2,
      evaluateEveryEpochs: 2,
      listener: { onLine: (line) => lines.push(line) },
    });
    expect([...asked].sort()).toEqual(samples.map(({ path }) => path).sort()); // none of the test images
    const epochs = lines.filter((line) => line.kind === 'epoch');
    expect(epochs.map(({ test }) => test)).toEqual([null, null]);
    expect(epochs.map(({ validation }) => validation?.count)).toEqual([undefined, 2]);
    expect(epochs[0]).toHaveProperty('validation', null);
    expect(result.evaluation?.count).toBe(2);
    const best = epochs[1]?.validation?.accuracy;
    expect(result.progress.best).toEqual({ accuracy: best, epoch: 2 });
    optimizer.dispose();
    model.dispose();
  });
});
