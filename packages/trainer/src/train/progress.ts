import type { MeterFields } from './metrics.ts';

/** Where a run stands; with the weights and the velocities all that resuming needs. */
export interface Progress {
  /** Epoch that the next step belongs to, from 1. */
  epoch: number;
  /** Steps done since the start of the run. */
  step: number;
  /** Batches done of that epoch. */
  batch: number;
  /** Measurements since the epoch, and the last logged line, began; in the middle of an epoch. */
  meters?: { epoch: MeterFields; line: MeterFields };
  /** Best test accuracy so far, and the epoch that it was reached in. */
  best: { accuracy: number; epoch: number } | null;
}
