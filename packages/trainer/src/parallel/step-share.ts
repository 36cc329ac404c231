import { synchronizeBatchNorms } from '@fbsd/kernels';
import type { Batch } from '../data/batches.ts';
import type { Communicator } from './communicator.ts';

/**
 * Whose statistics batch norms take where processes share a batch: those of the whole batch, as one process would, or of the
 * process's own images, as in the published code on several GPUs.
 */
export const BATCH_NORMS = ['synchronized', 'local'] as const;
/** One of {@link BATCH_NORMS}. */
export type BatchNormMode = (typeof BATCH_NORMS)[number];

/** A process's part in a step that several take together. */
export interface StepShare {
  /** The processes. */
  communicator: Communicator;
  /** Images of the whole batch. */
  images: number;
  /** Those that count as this process's; with 0, what it computes does not count. */
  count: number;
  /** Statistics of its batch norms. */
  batchNorm: BatchNormMode;
}

/** The part of a process that has a share of a batch; undefined for a whole batch. */
export function stepShare(
  { whole }: Batch,
  communicator: Communicator,
  batchNorm: BatchNormMode,
): StepShare | undefined {
  if (!whole) return undefined;
  return { communicator, images: whole.labels.length, count: whole.count, batchNorm };
}

/** Runs a step with batch norms that are synchronized, if they are to be. */
export function withBatchNorms<T>(share: StepShare | undefined, run: () => T): T {
  if (share?.batchNorm !== 'synchronized') return run();
  const release = synchronizeBatchNorms((values) => sumOfShares(share, values));
  try {
    return run();
  } finally {
    release();
  }
}

/** Adds up values of all processes' own images, in place. */
export function sumOfShares({ communicator, count }: StepShare, values: Float32Array): void {
  if (count === 0) values.fill(0);
  communicator.allReduceSum(values);
}
