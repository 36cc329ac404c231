import {
  add,
  dispose,
  keep,
  mul,
  type NamedTensorMap,
  Optimizer,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Communicator } from '../parallel/communicator.ts';
import type { EarlySums } from '../parallel/early-sums.ts';
import { sumTensors } from '../parallel/sum-tensors.ts';

/**
 * Stands before an optimizer and gathers the gradients of several batches for one step of it: a
 * large batch in the memory of a small one. Only batch norms see the small batches.
 */
export class GradientAccumulation extends Optimizer {
  /** For tfjs, which asks every optimizer. */
  static readonly className = 'FbsdGradientAccumulation';

  private readonly optimizer: Optimizer;
  private sums: NamedTensorMap = {};
  private count = 0;
  /** Of the step that is being taken, from its last batch on. */
  private early: EarlySums | null = null;

  /** @param optimizer gets the mean gradients from {@link step}; it stays the caller's */
  constructor(optimizer: Optimizer) {
    super();
    this.optimizer = optimizer;
  }

  /**
   * Has {@link addUp} begin while the backward pass goes on. To be called in all processes before the last batch of a step;
   * `addUp` has to follow, or {@link dispose} in all of them. After an error in one process the job has to end: the others wait for
   * its gradients.
   *
   * @param early of {@link earlySums}
   * @returns to be shown that batch's gradients as they come: `onGradient` of {@link trainStep}
   * @throws Error where the step's sums have begun already
   */
  addUpEarly(early: EarlySums): (name: string, gradient: Tensor) => void {
    if (this.early) {
      throw new Error(
        '[@fbsd/trainer] GradientAccumulation: addUpEarly was called twice in a step. Call it before the last batch of a step alone, and addUp after that.',
      );
    }
    this.early = early;
    return (name, gradient) => {
      const before = this.sums[name];
      early.add(name, ...(before ? [before, gradient] : [gradient]));
    };
  }

  /** Adds gradients by variable name. The weights do not move. */
  override applyGradients(gradients: NamedTensorMap): void {
    for (const [name, gradient] of Object.entries(gradients)) {
      const before = this.sums[name];
      // A copy, which shares the memory: the gradient itself belongs to the caller.
      this.sums[name] = keep(tidy(() => (before ? add(before, gradient) : gradient.clone())));
      before?.dispose();
    }
    this.count++;
  }

  /** Adds to the gradients those of the other processes, of their shares of the same batches. */
  async addUp(communicator: Communicator): Promise<void> {
    const { early } = this;
    this.early = null;
    if (early) this.sums = early.finish(this.sums);
    else if (communicator.size > 1) this.sums = await sumTensors(this.sums, communicator);
  }

  /** One step of the optimizer with the mean of the gradients since the last one. */
  step(): void {
    if (this.count === 0)
      throw new Error('[@fbsd/trainer] GradientAccumulation: no gradients to step with.');
    const { count } = this;
    tidy(() => {
      const means = Object.entries(this.sums).map(([name, sum]) => [
        name,
        count === 1 ? sum : mul(sum, 1 / count),
      ]);
      this.optimizer.applyGradients(Object.fromEntries(means));
    });
    this.dispose();
  }

  /** Forgets the gradients since the last step. */
  override dispose(): void {
    this.early?.forget();
    this.early = null;
    dispose(this.sums);
    this.sums = {};
    this.count = 0;
  }

  override getConfig() {
    return {};
  }
}
