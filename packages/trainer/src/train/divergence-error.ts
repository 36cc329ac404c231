import { UserError } from '../user-error.ts';
import type { Progress } from './progress.ts';

/** Training came to a loss that is not finite. */
export class DivergenceError extends UserError {
  /** `DivergenceError`. */
  override readonly name = 'DivergenceError';
  /** NaN or ±∞. */
  readonly loss: number;
  /** The step that had this loss, from 1. */
  readonly step: number;
  /** Its epoch, from 1. */
  readonly epoch: number;

  /** @param progress where training stood before the step: `step` steps done, in the epoch `epoch` */
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
