import type { AugmentOptions } from '../data/batches.ts';
import type { BatchNormMode } from '../parallel/step-share.ts';
import type { ScheduleName } from './schedule.ts';

/** How to train: the settings that are plain values. */
export interface TrainOptions extends AugmentOptions {
  /** Side of the images in pixels. */
  imageSize: number;
  /** Images per batch, 2 or more. */
  batchSize: number;
  /** Times through the training images. */
  totalEpochs: number;
  /** Batches per step; the last step of an epoch may have fewer. @default 1 */
  accumulate?: number;
  /** Course of the learning rates. @default 'cosine' */
  schedule?: ScheduleName;
  /** Steps in which the learning rates rise from 0 to the schedule's. @default 0 */
  warmupSteps?: number;
  /**
   * ε of label smoothing in the loss of training, from 0 to less than 1; tests are measured without. @default 0
   */
  labelSmoothing?: number;
  /** Tests, and validations, by the mean of the logits of each image and its mirror image, in twice the time. @default false */
  testTimeFlip?: boolean;
  /** Steps between two logged lines. @default 50 */
  logEverySteps?: number;
  /**
   * Epochs between two tests, or validations where there are images for them; there is one after the last epoch in any
   * case. Without images for either there is none. @default 1
   */
  evaluateEveryEpochs?: number;
  /** Epochs without a better test, or validation, after which training ends. @default null: never */
  patience?: number | null;
  /** Steps between two checkpoints within an epoch; there is one at its end in any case. @default 200 */
  saveEverySteps?: number;
  /**
   * Statistics of batch norms where several processes train: of the whole batch, or of each process's own images. The
   * running ones then are those of process 0. @default 'synchronized'
   */
  batchNorm?: BatchNormMode;
  /** Decides order and augmentation: an integer in [0, 2³²). @default 666 */
  seed?: number;
}

/** The defaults of {@link TrainOptions}. */
export const TRAIN_DEFAULTS: Readonly<
  Required<Omit<TrainOptions, 'imageSize' | 'batchSize' | 'totalEpochs'>>
> = {
  accumulate: 1,
  schedule: 'cosine',
  warmupSteps: 0,
  labelSmoothing: 0,
  testTimeFlip: false,
  horizontalFlip: 0.5,
  trivialAugment: false,
  randomErasing: 0,
  logEverySteps: 50,
  evaluateEveryEpochs: 1,
  patience: null,
  saveEverySteps: 200,
  batchNorm: 'synchronized',
  seed: 666,
};
