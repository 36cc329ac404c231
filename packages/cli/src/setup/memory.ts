import { type StepMemoryOptions, stepMemory, UserError } from '@fbsd/trainer';
import { bytes } from '@fbsd/trainer/format';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SelectedBackend } from '../backend/select-backend.ts';
import type { Say } from '../display/say.ts';
import { largestShare } from '../parallel/check-together.ts';
import type { Settings } from '../settings/settings.ts';
import { fitBatch } from './fit-batch.ts';
import { trainingRoom } from './memory-room.ts';
import { statesOf } from './optimizer.ts';

/** A network about to be trained. */
interface Training {
  settings: Settings;
  model: LayersModel;
  backend: SelectedBackend;
}

/**
 * The settings with a batch that fits into the memory of the backend; says what it takes, and what had to change.
 *
 * @param given what flags said
 * @throws UserError if that does not fit, or nothing does
 */
export function settingsThatFit(
  { settings, model, backend }: Training,
  given: Partial<Settings>,
  say: Say,
): Settings {
  const memoryOf = memoryOfShare(model, settings);
  const room = trainingRoom(backend.name, settings.arch);
  const batches = fitBatch({ settings, given, memoryOf, room });
  const { batchSize, accumulate } = batches;
  const fitting = { ...settings, ...batches };
  say(`memory   about ${bytes(memoryOf(batchSize, accumulate))} ${forBatch(fitting)}`);
  if (batchSize !== settings.batchSize) {
    const asked = settings.batchSize;
    const needed = bytes(memoryOf(asked, settings.accumulate));
    say(
      `         ${asked} at once would need ${needed}, but ${room?.description}: ${accumulate} batches make a step of ${batchSize * accumulate}; batch norms see ${batchSize}`,
    );
  }
  return fitting;
}

/**
 * Checks that a run that goes on fits into the memory of the backend; says what it takes.
 *
 * @throws UserError if it does not: its batch cannot change
 */
export function requireRoom({ settings, model, backend }: Training, say: Say): void {
  const { batchSize, accumulate } = settings;
  const needed = memoryOfShare(model, settings)(batchSize, accumulate);
  const room = trainingRoom(backend.name, settings.arch);
  if (room && needed > room.bytes) {
    throw new UserError(
      `[fbsd] --resume: the run's batches of ${batchSize} images need about ${bytes(needed)}, but ${room.description}. Go on with the --backend and on the machine that it began with, or start a new run.`,
    );
  }
  say(`memory   about ${bytes(needed)} ${forBatch(settings)}`);
}

/** Names the images that a process computes of a batch. */
function forBatch(settings: Settings): string {
  const { batchSize } = settings;
  const share = largestShare(batchSize, settings);
  const batch = `a batch of ${batchSize} images`;
  return share === batchSize ? `for ${batch}` : `in each process, for ${share} of ${batch}`;
}

/** Memory of a step of this process, which may have a share of each batch alone: of the largest one. */
function memoryOfShare(model: LayersModel, settings: Settings) {
  const memoryOf = stepMemory(model, keptOf(settings));
  return (batchSize: number, accumulate: number) =>
    memoryOf(largestShare(batchSize, settings), accumulate);
}

/** What the training keeps of the weights. */
function keptOf(settings: Settings): StepMemoryOptions {
  return { average: settings.emaDecay > 0, optimizerStates: statesOf(settings) };
}
