import { attachFBSD, fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import {
  type BatchReport,
  DivergenceError,
  type MetricsLine,
  type RunStore,
  SGD,
  train,
} from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-wasm';
import { memoryDataset, memoryPictures as pictures } from '../support/memory-pictures.ts';

const head = { classes: 2, convWidths: [8, 12], hiddenUnits: 6, seed: 1 } as const;
const rates = { newLearningRate: 0.01, pretrainedLearningRate: 0.01 };

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
});

/** FBSD on a small network of six convolutions, with so many levels. */
function withLevels(levels: number): LayersModel {
  const net = sequential({ name: 'net' });
  for (let i = 0; i < 6; i++) {
    const strides = i < 2 ? 2 : 1;
    const shape = i === 0 && { inputShape: [32, 32, 3] };
    const convolution = { filters: 6, kernelSize: 3, padding: 'same', strides } as const;
    const kernelInitializer = initializers.glorotNormal({ seed: i + 1 });
    net.add(layers.conv2d({ name: `conv${i}`, kernelInitializer, ...convolution, ...shape }));
  }
  const taps = Array.from({ length: levels }, (_, i) => ({
    after: `conv${6 - levels + i}`,
    parts: 2,
  }));
  return attachFBSD(net, { taps, ...head });
}

describe('train', () => {
  test.each([2, 3, 4])(
    'a network of %i levels: a loss of each head, accuracies as shares',
    async (levels) => {
      const model = withLevels(levels);
      const optimizer = new SGD(model, rates);
      const dataset = memoryDataset(2, { train: 8, test: 4 });
      const lines: MetricsLine[] = [];
      const { evaluation, finished } = await train({
        model,
        optimizer,
        dataset,
        pictures,
        imageSize: 32,
        batchSize: 4,
        totalEpochs: 2,
        logEverySteps: 1,
        listener: { onLine: (line) => lines.push(line) },
      });
      expect(finished).toBe(true);
      expect(evaluation?.heads).toHaveLength(levels + 1);
      const steps = lines.filter((line) => line.kind === 'step');
      expect(steps).toHaveLength(4);
      for (const { loss, losses, accuracy } of steps) {
        expect(losses).toHaveLength(levels + 1);
        const weighted = losses.map((ce, i) => (i < levels ? 2 * ce : ce));
        expect(loss).toBeCloseTo(
          weighted.reduce((a, b) => a + b),
          4,
        );
        expect([0, 0.25, 0.5, 0.75, 1]).toContain(accuracy);
      }
      optimizer.dispose();
      model.dispose();
    },
  );

  test('keeps what a store is given, and nothing without one', async () => {
    const kept: string[] = [];
    const store: RunStore = {
      async save(name, { progress, classNames, velocities }) {
        kept.push(`${name} ${progress.epoch} ${classNames.length} ${velocities.length > 0}`);
      },
      load: async () => null,
      append: async ({ kind, step }) => {
        kept.push(`${kind} ${step}`);
      },
      rewind: async (step) => {
        kept.push(`rewind ${step}`);
      },
    };
    const model = withLevels(2);
    const optimizer = new SGD(model, rates);
    const dataset = memoryDataset(2, { train: 4, test: 2 });
    const args = { model, optimizer, dataset, pictures, imageSize: 32, batchSize: 2 };
    await train({ ...args, totalEpochs: 1, store });
    expect(kept).toEqual(['rewind 0', 'epoch 2', 'best 2 2 true', 'last 2 2 true']);
    optimizer.dispose();
    model.dispose();
  });

  test('decodes through a cache where there is one, at the size before the crop', async () => {
    const model = withLevels(2);
    const optimizer = new SGD(model, rates);
    const dataset = memoryDataset(2, { train: 4, test: 2 });
    const asked: string[] = [];
    await train({
      model,
      optimizer,
      dataset,
      pictures: { read: () => Promise.reject(new Error('not through the cache')) },
      cache: {
        async read(picture, size, use) {
          asked.push(`${picture.path} ${size}`);
          const data = new Uint8Array(size * size * 3).fill(100);
          use({ data, width: size, height: size });
        },
      },
      imageSize: 32,
      batchSize: 2,
      totalEpochs: 1,
    });
    expect(asked.sort()).toEqual(['0/1 39', '0/3 39', '0/5 39', '1/2 39', '1/4 39', '1/6 39']);
    optimizer.dispose();
    model.dispose();
  });

  test('stops at a loss that is not a number', async () => {
    const model = fbsd({ arch: 'mini', imageSize: 65, ...head });
    const optimizer = new SGD(model, rates);
    model.setWeights(model.getWeights().map((weight) => tf.mul(weight, Number.NaN)));
    const dataset = memoryDataset(2, { train: 4, test: 2 });
    const args = { model, optimizer, dataset, pictures, imageSize: 65, batchSize: 2 };
    const error = await train({ ...args, totalEpochs: 1 }).catch((reason) => reason);
    expect(error).toBeInstanceOf(DivergenceError);
    expect(error).toMatchObject({ loss: Number.NaN, step: 1, epoch: 1 });
    optimizer.dispose();
    model.dispose();
  });

  test.each([0, 1])(
    'interrupted in the middle of a step of two batches, after %i steps, it goes on to the same weights',
    async (stepsBefore) => {
      const dataset = memoryDataset(2, { train: 17, test: 2 }); // the last batch has one image: it is left out
      const run = async (interrupted: boolean) => {
        const model = withLevels(2);
        const optimizer = new SGD(model, rates);
        const lines: unknown[] = [];
        const asked: number[][] = [];
        const args = { model, optimizer, dataset, pictures, imageSize: 32, batchSize: 4 };
        const interrupt = new AbortController();
        const listener = {
          onBatch: ({ step, batch, images }: BatchReport) => {
            asked.push([step, batch, images]);
            if (interrupted && batch === 2 * stepsBefore) interrupt.abort();
          },
          onLine: (line: MetricsLine) => lines.push(line.kind === 'epoch' ? line.train : null),
        };
        const all = { ...args, accumulate: 2, totalEpochs: 1, listener, signal: interrupt.signal };
        const before = tf.memory().numTensors;
        const result = await train(all);
        if (interrupted) {
          expect(result).toMatchObject({ finished: false, progress: { step: stepsBefore } });
          expect(result.progress.batch).toBe(2 * stepsBefore);
          const velocities = stepsBefore > 0 ? model.trainableWeights.length : 0;
          expect(tf.memory().numTensors - before).toBe(velocities);
          await train({
            ...args,
            accumulate: 2,
            totalEpochs: 1,
            listener,
            progress: result.progress,
          });
        }
        const weights = model.weights.map((weight) => weight.read().dataSync());
        optimizer.dispose();
        model.dispose();
        return { weights, lines, asked };
      };
      const [straight, stopped] = [await run(false), await run(true)];
      expect(stopped.weights).toEqual(straight.weights);
      expect(stopped.lines).toEqual(straight.lines);
      expect(straight.asked).toEqual([
        [0, 0, 4],
        [0, 1, 4],
        [1, 2, 4],
        [1, 3, 4],
      ]);
      expect(stopped.asked.slice(-4 + 2 * stepsBefore)).toEqual(
        straight.asked.slice(2 * stepsBefore),
      );
    },
  );

  test('SGD wants to know which layers are new where their rate differs', () => {
    const net = sequential();
    net.add(layers.dense({ units: 1, inputShape: [1] }));
    expect(() => new SGD(net)).toThrow('does not say which of its layers are new');
    expect(() => new SGD(net, rates)).not.toThrow();
  });
});
