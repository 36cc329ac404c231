import 'virtual:tfjs-gradients';
import { type Progress, type TrainArgs, train, UserError, WeightAverage } from '@fbsd/trainer';
import { dispose } from '@tensorflow/tfjs-core';
import { newOptimizer } from './optimizer.ts';
import { requireRoom } from './prepare.ts';
import { ProgressTeller } from './progress-teller.ts';
import type { Training } from './training.ts';

/** The GPU was lost while it trained. */
class GPULost extends Error {}

/** Milliseconds in which a browser tells that the GPU was lost, whose commands it may still be waiting for. */
const TELLS_LOST = 10_000;

/**
 * Trains a run from its last checkpoint to its end, or until it is stopped. If the GPU is lost, it goes on without.
 *
 * @returns whether it came to its end
 */
export async function trainRun(training: Training): Promise<boolean> {
  for (;;) {
    try {
      return await trainOnce(training);
    } catch (error) {
      if (!(error instanceof GPULost)) throw error;
      training.events.notice(
        `${error.message} Training goes on with WebAssembly, from the last checkpoint.`,
      );
    }
  }
}

async function trainOnce(training: Training): Promise<boolean> {
  const { settings, dataset, store, pictures, cache, signal } = training;
  const running = await training.backend();
  const lost = running.lost.then((sentence) => {
    throw new GPULost(sentence);
  });
  lost.catch(() => {}); // it may come when nobody waits any more
  const restored = await restore(training);
  const { model, optimizer, average, progress } = restored;
  const teller = new ProgressTeller(training, running, progress);
  const { listener } = teller;
  const pieces = { ...restored, dataset, pictures, cache, store, signal, listener };
  try {
    if (running.backend === 'wasm') requireRoom(settings, model);
    const { finished } = await Promise.race([train({ ...settings, ...pieces }), lost]);
    return finished;
  } catch (error) {
    if (isOfLostGPU(error)) await Promise.race([lost, wait(TELLS_LOST)]);
    throw error;
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

/** Reading from a GPU fails by these alone when it is lost, maybe before it is said to be. */
function isOfLostGPU(error: unknown): boolean {
  return error instanceof DOMException && /^(Abort|Operation)Error$/.test(error.name);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
