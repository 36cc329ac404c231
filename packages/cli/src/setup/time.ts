import { batchCount, timeStep } from '@fbsd/trainer';
import { duration } from '@fbsd/trainer/format';
import type { Say } from '../display/say.ts';
import { largestShare } from '../parallel/check-together.ts';
import { processes } from '../parallel/processes.ts';
import { nodeClock } from '../run/node-clock.ts';
import type { Run } from './run.ts';

/** Of the time that an image takes in training, how much it takes in a test; a third as measured. */
const TEST_SHARE = 0.33;
/** Fewest images that batch norm can train on. */
const FEWEST = 2;
/** Who waits longer than this for the first step wants to know since when, in seconds. */
const LONG = 2;

/** Tries a step, and says how long training will take, and what is going on until the first step is done. */
export async function foretellTime(
  { settings, dataset, model, progress }: Pick<Run, 'settings' | 'dataset' | 'model' | 'progress'>,
  say: Say,
): Promise<void> {
  const { imageSize, batchSize, accumulate, totalEpochs, evaluateEveryEpochs, tta } = settings;
  say('time     trying how long a step takes …');
  const images = Math.max(FEWEST, largestShare(batchSize, settings));
  const batch = await timeStep({ model, imageSize, batchSize: images, clock: nodeClock });
  const batches = batchCount(dataset.train.length, batchSize, true);
  const tested = (dataset.validation ?? dataset.test).length;
  const test = (batch / batchSize) * tested * TEST_SHARE * (tta === 'flip' ? 2 : 1);
  const epoch = batches * batch + test / evaluateEveryEpochs;
  const step = Math.min(accumulate, batches) * batch;
  const epochs = totalEpochs + 1 - (progress?.epoch ?? 1);
  const ofStep = step >= LONG ? `${duration(step)} a step, ` : '';
  const ofAll = epochs > 1 ? `, ${duration(epochs * epoch)} for ${epochs}` : '';
  const ofExchange = processes() ? ', without what the processes exchange' : '';
  say(`time     about ${ofStep}${duration(Math.max(1, epoch))} an epoch${ofAll}${ofExchange}`);
  if (step < LONG) return;
  const stop = `Ctrl-C takes effect after the batch in hand, ${duration(batch)}`;
  say(`start    ${new Date().toLocaleTimeString('sv')}: the first step; ${stop}`);
}
