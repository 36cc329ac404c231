import { cpSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { SGD } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-wasm';
import { diskPictures, loadCub } from '@fbsd/datasets';
import type { Dataset } from '@fbsd/trainer';
import { type EpochLine, type StepLine, type TrainArgs, train } from '@fbsd/trainer';
import { lines, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { weightDigests } from '../../../trainer/test/model/weight-digests.ts';
import { disposeVelocities, hasCheckpoint, loadCheckpoint } from '../../src/run/checkpoint.ts';
import { DiskRunStore } from '../../src/run/disk-run-store.ts';
import { readMetrics } from '../../src/run/metrics-file.ts';
import { nodeClock } from '../../src/run/node-clock.ts';
import { checkpointDirectory } from '../../src/run/run-directory.ts';

const CLASSES = 3;
const rates = { newLearningRate: 0.05, pretrainedLearningRate: 0.05 };

let folder: string;
let dataset: Dataset;

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
  folder = await mkdtemp(join(tmpdir(), 'fbsd-trainer-'));
  // Five training images in batches of 2, 2 and 1: two steps an epoch.
  const split = [1, 2, 3, 4, 5, 6].map((id) => `${id} ${Number(id < 6)}`);
  await writeTinyCub(join(folder, 'data'), { 'train_test_split.txt': lines(split) });
  dataset = await loadCub(join(folder, 'data'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function createModel(): LayersModel {
  const widths = { convWidths: [8, 12], hiddenUnits: 6 } as const;
  return fbsd({ arch: 'mini', classes: CLASSES, imageSize: 65, seed: 1, ...widths });
}

/** Trains in a folder below that of the test. */
function argsFor(name: string, model: LayersModel, optimizer: SGD): TrainArgs {
  return {
    model,
    optimizer,
    dataset,
    pictures: diskPictures,
    store: new DiskRunStore(join(folder, name)),
    clock: nodeClock,
    imageSize: 65,
    batchSize: 2,
    accumulate: 1,
    totalEpochs: 2,
    schedule: 'cosine',
    warmupSteps: 0,
    logEverySteps: 1,
    saveEverySteps: 1000,
    seed: 5,
  };
}

const runDirectory = ({ store }: TrainArgs) => (store as DiskRunStore).directory;

async function makeRun(name: string, args: Partial<TrainArgs> = {}) {
  await mkdir(join(folder, name));
  const model = createModel();
  const optimizer = new SGD(model, rates);
  return { model, optimizer, args: { ...argsFor(name, model, optimizer), ...args } };
}

describe('train', () => {
  test('logs steps and epochs, keeps the last and the best checkpoint, leaves no tensor', async () => {
    const { model, optimizer, args } = await makeRun('whole', { totalEpochs: 6 });
    const before = tf.memory().numTensors;
    const result = await train(args);
    expect(tf.memory().numTensors - before).toBe(model.trainableWeights.length); // velocities

    expect(result.finished).toBe(true);
    expect(result.progress).toMatchObject({ epoch: 7, step: 12, batch: 0 });
    expect(result.evaluation?.count).toBe(1);
    expect(result.evaluation?.confusion.flat().reduce((a, b) => a + b)).toBe(1);
    expect(result.imagesPerSecond).toBeGreaterThan(0);

    const logged = await readMetrics(runDirectory(args));
    const steps = logged.filter((line): line is StepLine => line.kind === 'step');
    const epochs = logged.filter((line): line is EpochLine => line.kind === 'epoch');
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(steps[0]?.learningRate).toEqual({ new: 0.05, pretrained: 0.05 });
    expect(steps[6]?.learningRate.new).toBeCloseTo(0.025, 10);
    expect(epochs[5]?.train.loss).toBeCloseTo(
      ((steps[10] as StepLine).loss + (steps[11] as StepLine).loss) / 2,
      6,
    );

    expect((await readdir(join(runDirectory(args), 'checkpoints'))).sort()).toEqual([
      'best',
      'last',
    ]);
    const best = await loadCheckpoint(checkpointDirectory(runDirectory(args), 'best'));
    expect(best.progress.best).toEqual(result.progress.best);
    disposeVelocities(best.velocities);
    best.model.dispose();
    optimizer.dispose();
    model.dispose();
  });

  test('interrupted in the middle of an epoch and resumed, it ends with exactly the same weights', async () => {
    const whole = await makeRun('uninterrupted');
    const expected = await train(whole.args);

    const interrupt = new AbortController();
    const first = await makeRun('interrupted', {
      signal: interrupt.signal,
      listener: { onStep: ({ step }) => step === 3 && interrupt.abort() },
    });
    const stopped = await train(first.args);
    expect(stopped.finished).toBe(false);
    expect(stopped.progress).toMatchObject({ epoch: 2, step: 3, batch: 1 });

    const last = checkpointDirectory(runDirectory(first.args), 'last');
    const { model, velocities, progress } = await loadCheckpoint(last);
    const optimizer = new SGD(model, rates);
    optimizer.setVelocities(velocities);
    disposeVelocities(velocities);
    const resumed = await train({
      ...argsFor('interrupted', model, optimizer),
      progress,
    });
    expect(resumed.finished).toBe(true);
    expect(resumed.evaluation).toEqual(expected.evaluation);
    expect(weightDigests(model)).toEqual(weightDigests(whole.model));
    for (const x of [whole, first, { model, optimizer }]) {
      x.optimizer.dispose();
      x.model.dispose();
    }
  });

  test('tests every second epoch and after the last, and ends early without a better test', async () => {
    const { model, optimizer, args } = await makeRun('sparse', {
      totalEpochs: 3,
      evaluateEveryEpochs: 2,
    });
    await train(args);
    const tests = async (directory: string) =>
      (await readMetrics(directory)).flatMap((line) => (line.kind === 'epoch' ? [line.test] : []));
    const [first, second, third] = await tests(runDirectory(args));
    expect(first).toBeNull();
    expect(second?.count).toBe(1);
    expect(third?.count).toBe(1);
    expect(second).not.toHaveProperty('confusion');

    // The one test image is right or wrong: at most two tests are better than all before.
    const patient = await makeRun('patient', { totalEpochs: 40, patience: 2 });
    const result = await train(patient.args);
    expect(result.finished).toBe(true);
    const best = result.progress.best?.epoch as number;
    expect(result.progress.epoch).toBe(best + 3);
    expect(await tests(runDirectory(patient.args))).toHaveLength(best + 2);
    const { epoch } = result.progress;
    const again = await train({ ...patient.args, progress: result.progress });
    expect(again.progress.epoch).toBe(epoch);
    for (const x of [{ model, optimizer }, patient]) {
      x.optimizer.dispose();
      x.model.dispose();
    }
  });

  test.each([
    ['before the first checkpoint', 'last', 1],
    ['in the middle of an epoch', 'last', 3],
    ['while the last checkpoint of an epoch is written', 'best', 4],
  ])('killed %s and resumed, it ends with the same weights and metrics', async (_, lost, kills) => {
    const name = `killed-${kills}`;
    const whole = await makeRun(`whole-${kills}`, { saveEverySteps: 1 });
    const expected = await train(whole.args);

    // A killed process leaves the folder as it is at that moment: a copy stands for it.
    const copy = join(folder, name);
    const first = await makeRun(`${name}-first`, {
      saveEverySteps: 1,
      listener: {
        onStep: ({ step }) => {
          if (step === kills) cpSync(join(folder, `${name}-first`), copy, { recursive: true });
        },
      },
    });
    await train(first.args);
    await appendFile(join(copy, 'metrics.jsonl'), '{"kind":"step","ep'); // torn
    await mkdir(join(copy, 'checkpoints', `${lost}.next`), { recursive: true });
    const last = checkpointDirectory(copy, 'last');
    const restored = hasCheckpoint(last) ? await loadCheckpoint(last) : undefined;
    expect(restored?.progress.step).toBe(kills > 1 ? kills - 1 : undefined);
    const model = restored?.model ?? createModel();
    const optimizer = new SGD(model, rates);
    if (restored) {
      optimizer.setVelocities(restored.velocities);
      disposeVelocities(restored.velocities);
    }
    const resumed = await train({
      ...argsFor(name, model, optimizer),
      ...(restored && { progress: restored.progress }),
      saveEverySteps: 1,
    });
    expect(resumed.evaluation).toEqual(expected.evaluation);
    expect(weightDigests(model)).toEqual(weightDigests(whole.model));
    const measured = async (directory: string) =>
      (await readMetrics(directory)).map((line) =>
        line.kind === 'step' ? { ...line, imagesPerSecond: 0 } : [line.step, line.train, line.test],
      );
    expect(await measured(copy)).toEqual(await measured(runDirectory(whole.args)));
    expect((await readdir(join(copy, 'checkpoints'))).sort()).toEqual(['best', 'last']);
    for (const x of [whole, first, { model, optimizer }]) {
      x.optimizer.dispose();
      x.model.dispose();
    }
  });

  test.each([
    { accumulate: 2, steps: 2 },
    { accumulate: 5, steps: 2 }, // more than the two batches of an epoch
  ])(
    'gathers $accumulate batches for a step and stops only after one',
    async ({ accumulate, steps }) => {
      const interrupt = new AbortController();
      const seen: number[][] = [];
      const { model, optimizer, args } = await makeRun(`accumulate-${accumulate}`, {
        accumulate,
        totalEpochs: 3,
        signal: interrupt.signal,
        listener: {
          onStep: ({ step, batch, images }) => {
            seen.push([step, batch, images]);
            if (step === steps) interrupt.abort();
          },
        },
      });
      const before = tf.memory().numTensors;
      const result = await train(args);
      expect(tf.memory().numTensors - before).toBe(model.trainableWeights.length);
      expect(seen).toEqual([
        [1, 2, 4],
        [2, 2, 4],
      ]);
      expect(result.finished).toBe(false);
      expect(result.progress).toMatchObject({ epoch: 3, step: 2, batch: 0 });
      const logged = await readMetrics(runDirectory(args));
      expect(logged.filter(({ kind }) => kind === 'step')).toHaveLength(2);
      optimizer.dispose();
      model.dispose();
    },
  );

  test('stops at a loss that is not a number, says the step and keeps the checkpoint from before', async () => {
    const { model, optimizer, args } = await makeRun('diverging', {
      listener: {
        onLine: (line) => {
          if (line.kind === 'epoch')
            model.setWeights(model.getWeights().map((w) => tf.mul(w, Number.NaN)));
        },
      },
    });
    await expect(train(args)).rejects.toThrow(
      /the loss is NaN at step 3 \(epoch 2\)\. The checkpoint of step 2 is kept\. Use smaller learning rates/,
    );
    const last = await loadCheckpoint(checkpointDirectory(runDirectory(args), 'last'));
    expect(last.progress.step).toBe(2);
    expect(last.model.getWeights().every((w) => w.dataSync().every(Number.isFinite))).toBe(true);
    disposeVelocities(last.velocities);
    last.model.dispose();
    optimizer.dispose();
    model.dispose();
  });
});
