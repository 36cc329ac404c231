/** Maps the number of steps done to the factor of both learning rates, from 0 to 1. */
export type Schedule = (stepsDone: number) => number;

/** The length of a run. */
export interface ScheduleArgs {
  /** Times through the training images. */
  totalEpochs: number;
  /** Steps of the optimizer in each of them. */
  stepsPerEpoch: number;
}

/** The name of a schedule. */
export type ScheduleName = 'cosine' | 'reference';

/**
 * Makes a schedule by its name:
 *
 * - `cosine`: half a cosine over the whole run, from 1 down to 0.
 * - `reference`: as the published code does, which steps its cosine annealing every batch, before the
 *   optimizer, with a half period of as many steps as there are **epochs**; so the rate swings up
 *   and down and never settles.
 */
export const SCHEDULES: Readonly<Record<ScheduleName, (args: ScheduleArgs) => Schedule>> = {
  cosine:
    ({ totalEpochs, stepsPerEpoch }) =>
    (stepsDone) =>
      cosine(stepsDone / (totalEpochs * stepsPerEpoch)),
  reference:
    ({ totalEpochs }) =>
    (stepsDone) =>
      cosine((stepsDone + 1) / totalEpochs),
};

/**
 * Starts a schedule gently: its factor times 1/N, 2/N, … in the first N steps. Networks that start
 * from random weights are then less likely to be thrown off course by their first gradients.
 *
 * @param steps N; 0 leaves the schedule as it is
 */
export function warmUp(steps: number, schedule: Schedule): Schedule {
  return (stepsDone) => Math.min(1, (stepsDone + 1) / Math.max(1, steps)) * schedule(stepsDone);
}

function cosine(halfPeriods: number): number {
  return (1 + Math.cos(Math.PI * halfPeriods)) / 2;
}
