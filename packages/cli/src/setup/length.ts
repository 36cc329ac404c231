import { batchCount, type Dataset, type Progress, SCHEDULES, UserError } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';
import type { Settings } from '../settings/settings.ts';

/** Where a run that is resumed stands. */
export function placeIn({ totalEpochs }: Settings, { epoch, step }: Progress): string {
  return epoch > totalEpochs
    ? `after all ${totalEpochs} epochs: only the results once more; a larger --epochs trains longer`
    : `epoch ${epoch} of ${totalEpochs}, step ${step}`;
}

/** @throws UserError when a run that is resumed has more epochs behind it than it shall have */
export function checkLength(progress: Progress | undefined, totalEpochs: number): void {
  const done = (progress?.epoch ?? 1) - 1;
  if (totalEpochs >= done) return;
  throw new UserError(
    `[fbsd] --resume: ${done} epochs are done: --epochs cannot be ${totalEpochs}. Give as many or more, or go back with --from a checkpoint.`,
  );
}

/** What another number of epochs does to the learning rates of a run that is resumed, in words. */
export function scheduleChange(
  before: Settings,
  now: Settings,
  dataset: Dataset,
  progress: Progress | undefined,
): string {
  const { batchSize, accumulate, schedule } = now;
  const batches = batchCount(dataset.train.length, batchSize, true);
  const stepsPerEpoch = Math.ceil(batches / accumulate);
  const share = ({ totalEpochs }: Settings) =>
    percent(SCHEDULES[schedule]({ totalEpochs, stepsPerEpoch })(progress?.step ?? 0), 0);
  return `${schedule} over ${now.totalEpochs} epochs from here on: the learning rates go on at ${share(now)} of the given ones; over ${before.totalEpochs} they would be at ${share(before)}`;
}
