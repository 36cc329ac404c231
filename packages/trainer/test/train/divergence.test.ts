import { accelerate } from '@fbsd/kernels';
import { DivergenceError, SGD, type TrainArgs, train } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { levelsModel } from '../support/levels-model.ts';
import { memoryDataset, memoryPictures as pictures } from '../support/memory-pictures.ts';
import { storeOf } from '../support/store.ts';

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
});

type Parts = Pick<TrainArgs, 'model' | 'optimizer'>;

/** Trains for two epochs of two steps, spoils something after a step, and tells how that ended and what was kept. */
async function spoiled(
  { atStep, spoil }: { atStep: number; spoil(parts: Parts): void },
  args: Partial<TrainArgs> = {},
) {
  const model = levelsModel(2);
  const optimizer = new SGD(model, { newLearningRate: 0.01, pretrainedLearningRate: 0.01 });
  const kept: string[] = [];
  const tensors = tf.memory().numTensors;
  const outcome = await train({
    model,
    optimizer,
    pictures,
    dataset: memoryDataset(2, { train: 4, test: 2 }),
    imageSize: 32,
    batchSize: 2,
    totalEpochs: 2,
    store: storeOf((name, { progress }) => kept.push(`${name} ${progress.step}`)),
    listener: {
      onStep: ({ step }) => {
        if (step === atStep) spoil({ model, optimizer });
      },
    },
    ...args,
  }).catch((error) => error);
  expect(tf.memory().numTensors - tensors).toBe(optimizer.velocities().length);
  optimizer.dispose();
  model.dispose();
  return { outcome, kept };
}

const scaleWeights =
  (factor: number) =>
  ({ model }: Parts) =>
    tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.mul(weight, factor))));

/** Finite, but the activations are not. */
const TOO_LARGE = 1e30;

describe('train stops, and keeps the checkpoints from before,', () => {
  test('at weights that are not a number', async () => {
    const { outcome, kept } = await spoiled({ atStep: 3, spoil: scaleWeights(Number.NaN) });
    expect(outcome).toBeInstanceOf(DivergenceError);
    expect(outcome).toMatchObject({
      finding: 'the loss is NaN at step 4 (epoch 2)',
      step: 4,
      epoch: 2,
      checkpointStep: 2,
      message:
        '[@fbsd/trainer] train: the loss is NaN at step 4 (epoch 2). The checkpoint of step 2 is kept. Use smaller learning rates.',
    });
    expect(kept).toEqual(['best 2', 'last 2']);
  });

  test('at a weight that is infinite where no loss can tell, after the last step', async () => {
    const { outcome, kept } = await spoiled({
      atStep: 2,
      spoil: ({ optimizer }) => {
        const velocity = optimizer.velocities()[0]?.tensor as tf.Variable;
        tf.tidy(() => velocity.assign(tf.mul(velocity, Number.POSITIVE_INFINITY)));
      },
    });
    expect(outcome).toBeInstanceOf(DivergenceError);
    expect(outcome).toMatchObject({
      finding: 'a weight or a velocity is not finite at step 2 (epoch 1)',
      checkpointStep: null,
    });
    expect(kept).toEqual([]);
  });

  test('at a test loss that is not a number: such a model is neither the best nor the last', async () => {
    const { outcome, kept } = await spoiled({ atStep: 2, spoil: scaleWeights(TOO_LARGE) });
    expect(outcome).toBeInstanceOf(DivergenceError);
    expect(outcome.finding).toBe('the test loss is NaN at step 2 (epoch 1)');
    expect(kept).toEqual([]);
  });

  test.each<[string, Partial<TrainArgs>]>([
    ['within an epoch', { saveEverySteps: 1 }],
    ['at the end of one that is not tested', { dataset: memoryDataset(2, { train: 2, test: 0 }) }],
  ])('before a checkpoint %s that nothing but NaN would come out of', async (_, args) => {
    const { outcome, kept } = await spoiled({ atStep: 1, spoil: scaleWeights(TOO_LARGE) }, args);
    expect(outcome).toBeInstanceOf(DivergenceError);
    expect(outcome.finding).toBe('the loss is NaN at step 2 (epoch 1)');
    expect(kept).toEqual([]);
  });

  test('before the checkpoint of an interrupted run, too', async () => {
    const interrupt = new AbortController();
    const { outcome, kept } = await spoiled(
      {
        atStep: 1,
        spoil: (parts) => {
          scaleWeights(TOO_LARGE)(parts);
          interrupt.abort();
        },
      },
      { signal: interrupt.signal },
    );
    expect(outcome).toBeInstanceOf(DivergenceError);
    expect(outcome.step).toBe(2);
    expect(kept).toEqual([]);
  });

  test('and not at a sound model, however often it is kept', async () => {
    const { outcome, kept } = await spoiled({ atStep: 1, spoil: () => {} }, { saveEverySteps: 1 });
    expect(outcome).toMatchObject({ finished: true });
    expect(kept.filter((name) => name.startsWith('last'))).toEqual(
      [1, 2, 3, 4].map((n) => `last ${n}`),
    );
  });
});

test.each([
  [{ newLearningRate: 1e39 }, 'newLearningRate must be a number from 0 to 3.4e38'],
  [{ pretrainedLearningRate: Number.POSITIVE_INFINITY }, 'pretrainedLearningRate must be'],
  [{ newLearningRate: -1 }, 'newLearningRate must be'],
  [{ weightDecay: Number.NaN }, 'weightDecay must be a number from 0 to 3.4e38'],
  [{ momentum: 1 }, 'momentum must be a number from 0 to less than 1, as float32 has it; got 1.'],
  [{ momentum: 1 - 1e-9 }, 'momentum must be a number from 0 to less than 1'],
])('SGD refuses %j, which is out of its range in float32', (args, message) => {
  const model = levelsModel(2);
  expect(() => new SGD(model, args)).toThrow(message);
  model.dispose();
});
