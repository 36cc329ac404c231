import {
  batches,
  type Checkpoint,
  type EpochLine,
  type Evaluation,
  evaluate,
  worstMistakes,
} from '@fbsd/trainer';
import { dispose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Trained } from '../engine.ts';
import type { Training } from './training.ts';

/** What testing needs of a run. */
export type Testing = Pick<Training, 'settings' | 'dataset' | 'store' | 'pictures' | 'cache'> & {
  events: Pick<Training['events'], 'doing'>;
};

/** The best checkpoint of a run, or its last where nothing was tested. */
export async function bestCheckpoint({
  store,
}: Pick<Training, 'store'>): Promise<Checkpoint | null> {
  const checkpoint = (await store.load('best')) ?? (await store.load('last'));
  const { velocities = [], trainingWeights = [] } = checkpoint ?? {};
  dispose([...velocities, ...trainingWeights].map(({ tensor }) => tensor));
  return checkpoint;
}

/** Tests a model on the test pictures of a run's data set. */
export function test(model: LayersModel, testing: Testing): Promise<Evaluation> {
  const { settings, dataset, pictures, cache, events } = testing;
  const { imageSize, batchSize, testTimeFlip = false } = settings;
  const total = dataset.test.length;
  const images = batches(dataset.test, { pictures, cache, imageSize, batchSize, train: false });
  const onBatch = (done: number) =>
    events.doing({ what: 'testing', done, total, unit: 'pictures' });
  return evaluate(model, images, dataset.classNames.length, onBatch, { flip: testTimeFlip });
}

/** The outcome of a run, whose best model is tested if it has come to its end. */
export async function outcomeOf(testing: Testing, finished: boolean): Promise<Trained> {
  const { store, dataset } = testing;
  const lines = await store.metrics();
  const epochs = lines.filter((line): line is EpochLine => line.kind === 'epoch');
  const untested = { finished, epochs, evaluation: null, mistakes: [] };
  if (!finished || dataset.test.length === 0) return untested;
  const checkpoint = await bestCheckpoint(testing);
  if (!checkpoint) return untested;
  try {
    const evaluation = await test(checkpoint.model, testing);
    const mistakes = worstMistakes(dataset.test, evaluation.pictures);
    return {
      finished,
      epochs,
      evaluation,
      mistakes: mistakes.map(({ sample, result }) => ({
        path: sample.path,
        label: sample.label,
        predicted: result.predicted,
        probability: result.probability ?? 0,
      })),
    };
  } finally {
    checkpoint.model.dispose();
  }
}
