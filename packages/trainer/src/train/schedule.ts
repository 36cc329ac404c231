/** Maps the number of steps done to the factor of both learning rates, from 0 to 1. */
export type Schedule = (stepsDone: number) => number;

export interface ScheduleArgs {
  totalEpochs: number;
  stepsPerEpoch: number;
}

/**
 * - `cosine`: half a cosine over the whole run, from 1 down to 0.
 * - `reference`: what the published code does: it steps its cosine annealing every batch, before the
 *   optimiser, with a half period of as many steps as there are **epochs**; so the rate swings up
 *   and down and never settles.
 */
export const SCHEDULES = {
  cosine:
    ({ totalEpochs, stepsPerEpoch }: ScheduleArgs): Schedule =>
    (stepsDone) =>
      cosine(stepsDone / (totalEpochs * stepsPerEpoch)),
  reference:
    ({ totalEpochs }: ScheduleArgs): Schedule =>
    (stepsDone) =>
      cosine((stepsDone + 1) / totalEpochs),
} as const;

export type ScheduleName = keyof typeof SCHEDULES;

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
