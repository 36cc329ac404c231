import type { MeterFields } from './metrics.ts';

/** Where a run stands; with the weights and the velocities all that resuming needs. */
export interface Progress {
  /** Epoch that the next step belongs to, from 1. */
  epoch: number;
  /** Steps done since the start of the run. */
  step: number;
  /** Batches done of that epoch. */
  batch: number;
  /** Measurements so far, in the middle of an epoch. */
  meters?: {
    /** Since the epoch began. */
    epoch: MeterFields;
    /** Since the last logged line. */
    line: MeterFields;
  };
  /** The best on the validation images so far, without any on the test images; null before the first. */
  best: {
    /** From 0 to 1. */
    accuracy: number;
    /** From 1. */
    epoch: number;
  } | null;
}
