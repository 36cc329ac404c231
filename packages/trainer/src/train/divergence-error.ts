import { UserError } from '../user-error.ts';

/** What a {@link DivergenceError} tells. */
export interface Divergence {
  /** What is not finite, as `the loss is NaN`. */
  finding: string;
  /** The step at which it was found, from 1. */
  step: number;
  /** Its epoch, from 1. */
  epoch: number;
  /** The steps that had been done at the checkpoint that is kept; null when there is none. */
  checkpointStep: number | null;
}

/** Training came to a loss, a gradient or a weight that is not finite. */
export class DivergenceError extends UserError implements Divergence {
  /** `DivergenceError`. */
  override readonly name = 'DivergenceError';
  /** What is not finite, and where: `the loss is NaN at step 3 (epoch 2)`. */
  readonly finding: string;
  /** The step at which it was found, from 1. */
  readonly step: number;
  /** Its epoch, from 1. */
  readonly epoch: number;
  /** The steps that had been done at the checkpoint that is kept; null when there is none. */
  readonly checkpointStep: number | null;

  constructor({ finding, step, epoch, checkpointStep }: Divergence) {
    const found = `${finding} at step ${step} (epoch ${epoch})`;
    const kept =
      checkpointStep === null ? '' : ` The checkpoint of step ${checkpointStep} is kept.`;
    super(`[@fbsd/trainer] train: ${found}.${kept} Use smaller learning rates.`);
    this.finding = found;
    this.step = step;
    this.epoch = epoch;
    this.checkpointStep = checkpointStep;
  }
}
