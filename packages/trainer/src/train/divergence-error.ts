import { UserError } from '../user-error.ts';
import type { Progress } from './progress.ts';

/** Training came to a loss that is not a number. */
export class DivergenceError extends UserError {
  override readonly name = 'DivergenceError';
  readonly loss: number;
  /** The step that had this loss, from 1. */
  readonly step: number;
  /** Its epoch, from 1. */
  readonly epoch: number;

  constructor(loss: number, { step, epoch }: Pick<Progress, 'step' | 'epoch'>) {
    const kept = epoch > 1 ? ` The checkpoints of epoch ${epoch - 1} are kept.` : '';
    super(
      `[@fbsd/trainer] train: the loss is ${loss} at step ${step + 1} (epoch ${epoch}).${kept} Use smaller learning rates.`,
    );
    this.loss = loss;
    this.step = step + 1;
    this.epoch = epoch;
  }
}
