import type { EpochLine, StepLine } from './metrics.ts';
import type { Progress } from './progress.ts';

/** A step that has been done. */
export interface StepReport extends Pick<Progress, 'epoch' | 'step' | 'batch'> {
  /** Images of this step. */
  images: number;
  /** Mean loss of this step's images. */
  loss: number;
}

/** A batch that is about to be computed. */
export interface BatchReport extends Pick<Progress, 'epoch' | 'step' | 'batch'> {
  /** Images of this batch. */
  images: number;
}

/** Is told how training goes, to show it. */
export interface TrainListener {
  /** Before each batch: steps, and batches of this epoch, that were done before. */
  onBatch?(batch: BatchReport): void;
  /** After each step. */
  onStep?(step: StepReport): void;
  /** After each line of the metrics. */
  onLine?(line: StepLine | EpochLine): void;
  /** While testing or validating: the images that are done. */
  onTest?(imagesDone: number): void;
}
