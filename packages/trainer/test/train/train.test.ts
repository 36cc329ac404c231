import { accelerate } from '@fbsd/kernels';
import { type BatchReport, type MetricsLine, type RunStore, SGD, train } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-wasm';
import { levelsModel } from '../support/levels-model.ts';
import { memoryDataset, memoryPictures as pictures } from '../support/memory-pictures.ts';
import { storeOf } from '../support/store.ts';

const rates = { newLearningRate: 0.01, pretrainedLearningRate: 0.01 };

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
});

describe('train', () => {
  test.each([2, 3, 4])(
    'a network of %i levels: a loss of each head, accuracies as shares',
    async (levels) => {
      const model = levelsModel(levels);
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

  test('label smoothing is in the loss of training alone, a test is measured without', async () => {
    const run = async (labelSmoothing: number) => {
      const model = levelsModel(2);
      const optimizer = new SGD(model, { newLearningRate: 0, pretrainedLearningRate: 0 });
      const dataset = memoryDataset(2, { train: 4, test: 2 });
      const lines: MetricsLine[] = [];
      const listener = { onLine: (line: MetricsLine) => lines.push(line) };
      const args = { model, optimizer, dataset, pictures, imageSize: 32, batchSize: 4, listener };
      await train({ ...args, totalEpochs: 1, labelSmoothing });
      optimizer.dispose();
      model.dispose();
      const [line] = lines;
      return line?.kind === 'epoch' ? line : null;
    };
    const [plain, smooth] = [await run(0), await run(0.4)];
    expect(smooth?.test?.loss).toBeCloseTo(plain?.test?.loss as number, 5);
    expect(smooth?.train.accuracy).toBe(plain?.train.accuracy);
    expect(
      Math.abs((smooth?.train.loss as number) - (plain?.train.loss as number)),
    ).toBeGreaterThan(1e-3);
  });

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
    const model = levelsModel(2);
    const optimizer = new SGD(model, rates);
    const dataset = memoryDataset(2, { train: 4, test: 2 });
    const args = { model, optimizer, dataset, pictures, imageSize: 32, batchSize: 2 };
    await train({ ...args, totalEpochs: 1, store });
    expect(kept).toEqual(['rewind 0', 'epoch 2', 'best 2 2 true', 'last 2 2 true']);
    optimizer.dispose();
    model.dispose();
  });

  test('decodes through a cache where there is one, at the size before the crop', async () => {
    const model = levelsModel(2);
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

  test('without test images: trains to the end, never tests, keeps only the last checkpoint', async () => {
    const model = levelsModel(2);
    const optimizer = new SGD(model, rates);
    const dataset = memoryDataset(2, { train: 4, test: 0 });
    const kept: string[] = [];
    const lines: MetricsLine[] = [];
    const result = await train({
      model,
      optimizer,
      dataset,
      pictures,
      imageSize: 32,
      batchSize: 2,
      totalEpochs: 3,
      patience: 1,
      store: storeOf((name) => kept.push(name)),
      listener: { onLine: (line) => lines.push(line) },
    });
    expect(result).toMatchObject({ finished: true, stoppedEarly: false, evaluation: null });
    expect(result.progress).toMatchObject({ epoch: 4, best: null });
    expect(kept).toEqual(['last', 'last', 'last']);
    expect(lines.map((line) => line.kind === 'epoch' && line.test)).toEqual([null, null, null]);
    optimizer.dispose();
    model.dispose();
  });

  test('interrupted while testing it keeps a checkpoint, from which the test begins again', async () => {
    const dataset = memoryDataset(2, { train: 4, test: 6 });
    const run = async (interruptAt: number) => {
      const model = levelsModel(2);
      const optimizer = new SGD(model, rates);
      const interrupt = new AbortController();
      const kept: string[] = [];
      const tested: number[] = [];
      const args = {
        ...{ model, optimizer, dataset, pictures, imageSize: 32, batchSize: 2, totalEpochs: 1 },
        store: storeOf((name, { progress }) => kept.push(`${name} ${JSON.stringify(progress)}`)),
        listener: {
          onTest: (images: number) => {
            tested.push(images);
            if (images === interruptAt) interrupt.abort();
          },
        },
      };
      const first = await train({ ...args, signal: interrupt.signal });
      const last = first.finished ? first : await train({ ...args, progress: first.progress });
      const weights = model.getWeights().map((weight) => [...weight.dataSync()]);
      optimizer.dispose();
      model.dispose();
      return { first: first.finished, last, kept, tested, weights };
    };
    const whole = await run(7);
    expect(whole.first).toBe(true);
    const stopped = await run(4);
    expect(stopped.first).toBe(false);
    expect(stopped.tested).toEqual([2, 4, 2, 4, 6]);
    expect(stopped.kept[0]).toMatch(/^last {"epoch":1,"step":2,"batch":2,"best":null,"meters":/);
    expect(stopped.kept.slice(1)).toEqual(whole.kept);
    expect(stopped.last.evaluation).toEqual(whole.last.evaluation);
    expect(stopped.weights).toEqual(whole.weights);
  });

  test('out of patience it tests once more, whatever the epochs between tests, and says so', async () => {
    const model = levelsModel(2);
    const optimizer = new SGD(model, { newLearningRate: 0, pretrainedLearningRate: 0 });
    const lines: MetricsLine[] = [];
    const result = await train({
      model,
      optimizer,
      dataset: memoryDataset(2, { train: 4, test: 2 }),
      pictures,
      imageSize: 32,
      batchSize: 2,
      totalEpochs: 20,
      evaluateEveryEpochs: 4,
      patience: 1,
      listener: { onLine: (line) => lines.push(line) },
    });
    expect(result).toMatchObject({ finished: true, stoppedEarly: true });
    const epochs = lines.filter((line) => line.kind === 'epoch');
    const tested = epochs.filter(({ test }) => test).map(({ epoch }) => epoch);
    expect(tested[0]).toBe(4);
    expect(tested.at(-1)).toBe(epochs.at(-1)?.epoch);
    expect(tested.at(-1)).toBe((result.progress.best?.epoch as number) + 1);
    optimizer.dispose();
    model.dispose();
  });

  test.each([0, 1])(
    'interrupted in the middle of a step of two batches, after %i steps, it goes on to the same weights',
    async (stepsBefore) => {
      const dataset = memoryDataset(2, { train: 17, test: 2 }); // the last batch has one image: it is left out
      const run = async (interrupted: boolean) => {
        const model = levelsModel(2);
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
