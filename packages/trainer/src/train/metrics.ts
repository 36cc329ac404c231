import type { PeakMemory } from './clock.ts';
import type { PictureResult } from './picture-result.ts';

/** Loss and accuracy, averaged over some images. */
export interface Averages {
  /** 2·CE₁ + … + 2·CEₙ + CE_concat. */
  loss: number;
  /** Cross entropy of each head: level 1 … n, concat. */
  losses: readonly number[];
  /** Share that the sum of all heads' logits puts in the right class. */
  accuracy: number;
}

/** Results on the test images, or on others that are not trained on. */
export interface Evaluation extends Averages {
  /**
   * Share whose true class is among the five with the largest summed logits; null for five classes or fewer, where it
   * is always 1.
   */
  top5: number | null;
  /** Accuracy of each head alone: level 1 … n, concat. */
  heads: readonly number[];
  /** The same within five; null where `top5` is. */
  headsTop5: readonly number[] | null;
  /** confusion[true class][predicted class] = number of images. */
  confusion: readonly (readonly number[])[];
  /** The result of each image, in the order of the batches. */
  pictures: readonly PictureResult[];
  /** Number of images. */
  count: number;
}

/** What a line of the metrics keeps of an {@link Evaluation}. */
export type EvaluationAverages = Omit<Evaluation, 'confusion' | 'pictures'>;

/** What a line of the metrics keeps of an evaluation. */
export function averagesOf({
  confusion: _,
  pictures: __,
  ...averages
}: Evaluation): EvaluationAverages {
  return averages;
}

/** The learning rates of a step. */
export interface LearningRates {
  /** Of FBSMs, conv blocks and classifiers. */
  new: number;
  /** Of the backbone. */
  pretrained: number;
}

/** Training since the line before. */
export interface StepLine extends Averages {
  /** Tells the two kinds of lines apart. */
  kind: 'step';
  /** From 1. */
  epoch: number;
  /** Steps since the start of the run. */
  step: number;
  /** Of the step that was done last. */
  learningRate: LearningRates;
  /** In training since the run was started or resumed, decoding included. */
  imagesPerSecond: number;
}

/** An epoch: training averaged over it, and the test after it, if there was one. */
export interface EpochLine extends PeakMemory {
  /** Tells the two kinds of lines apart. */
  kind: 'epoch';
  /** From 1. */
  epoch: number;
  /** Steps since the start of the run. */
  step: number;
  /** Averages over the training images, each measured before the step that it was used in. */
  train: Averages;
  /** Results on the test images; null when there was no test after this epoch. */
  test: EvaluationAverages | null;
  /**
   * Results on the validation images, in place of a test; null when there were none after this epoch. Left out without a
   * validation split.
   */
  validation?: EvaluationAverages | null;
  /** Duration of training and test, in seconds. */
  seconds: number;
}

/** A line of a run's metrics, plain enough for JSON. */
export type MetricsLine = StepLine | EpochLine;

/** Sums over images. */
export type MeterFields = Pick<Meter, 'count' | 'loss' | 'losses' | 'correct'>;

/** Averages over batches of different sizes. Its fields are plain values, for a checkpoint to keep. */
export class Meter {
  count = 0;
  loss = 0;
  losses: number[] = [];
  correct = 0;

  /** @param fields those of an earlier meter, to go on with it */
  constructor(fields?: MeterFields) {
    if (fields) Object.assign(this, fields);
  }

  add(batch: Averages, size: number): void {
    this.count += size;
    this.loss += batch.loss * size;
    this.losses = batch.losses.map((loss, i) => (this.losses[i] ?? 0) + loss * size);
    this.correct += batch.accuracy * size;
  }

  averages(): Averages {
    const mean = (total: number) => total / this.count;
    return { loss: mean(this.loss), losses: this.losses.map(mean), accuracy: mean(this.correct) };
  }
}
