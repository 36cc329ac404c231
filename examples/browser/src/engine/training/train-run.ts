import 'virtual:tfjs-gradients';
import { type Progress, type TrainArgs, train, UserError, WeightAverage } from '@fbsd/trainer';
import { dispose } from '@tensorflow/tfjs-core';
import { GPULost, unlessLost } from '../backends/lost-gpu.ts';
import type { RunningBackend } from '../backends/running-backend.ts';
import type { Trained } from '../engine.ts';
import { newOptimizer } from './optimizer.ts';
import { requireRoom } from './prepare.ts';
import { ProgressTeller } from './progress-teller.ts';
import { outcomeOf } from './test-best.ts';
import type { Training } from './training.ts';

/**
 * Trains a run from its last checkpoint to its end, or until it is stopped, and tests it then. If the GPU is lost, it goes
 * on without.
 */
export async function trainRun(training: Training): Promise<Trained> {
  for (;;) {
    const running = await training.backend();
    try {
      return await unlessLost(running, async () =>
        outcomeOf(training, await trainOnce(training, running)),
      );
    } catch (error) {
      if (!(error instanceof GPULost)) throw error;
      training.events.notice(
        `${error.message} Training goes on with WebAssembly, from the last checkpoint.`,
      );
    }
  }
}

/** @returns whether it came to its end */
async function trainOnce(training: Training, running: RunningBackend): Promise<boolean> {
  const { settings, dataset, store, pictures, cache, signal } = training;
  const restored = await restore(training);
  const { model, optimizer, average, progress } = restored;
  const teller = new ProgressTeller(training, running, progress);
  const { listener } = teller;
  const pieces = { ...restored, dataset, pictures, cache, store, signal, listener };
  try {
    if (running.backend === 'wasm') requireRoom(settings, model);
    // Its steps may wait for a GPU that is gone: what is here has to be given back all the same.
    const { finished } = await unlessLost(running, () => train({ ...settings, ...pieces }));
    return finished;
  } finally {
    teller.end();
    average?.dispose();
    optimizer.dispose();
    model.dispose();
  }
}

/** What training goes on with. */
interface Restored extends Pick<TrainArgs, 'model' | 'optimizer'> {
  average: WeightAverage | null;
  progress: Progress;
}

/** What the last checkpoint kept: there is one from before the first step on. */
async function restore({ store, settings }: Training): Promise<Restored> {
  const checkpoint = await store.load('last');
  if (!checkpoint) {
    throw new UserError(`The run ${settings.run} has no checkpoint. Begin a new one.`);
  }
  const { model, velocities, trainingWeights = [], progress } = checkpoint;
  const { emaDecay: decay = 0 } = settings;
  const optimizer = newOptimizer(model, settings);
  await optimizer.setVelocities(velocities);
  const average = decay > 0 ? new WeightAverage(model, { decay }) : null;
  if (trainingWeights.length > 0) average?.resume(trainingWeights);
  dispose([...velocities, ...trainingWeights].map(({ tensor }) => tensor));
  return { model, optimizer, average, progress };
}
