import { add, clone, dispose, keep, mul, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { UserError } from '../user-error.ts';
import type { NamedTensor } from './parameters.ts';

/** The arguments of {@link WeightAverage}. */
export interface WeightAverageArgs {
  /** Share of the average that stays from step to step, from 0 to less than 1, as 0.999. */
  decay: number;
}

/**
 * An exponential moving average of a model's weights: a = d·a + (1 − d)·w after each step, of every weight, running
 * statistics of batch norms and FBSMs among them, as timm's `ModelEmaV2` and PyTorch's `AveragedModel` with `use_buffers`.
 *
 * It begins with the weights of the model. As in TensorFlow's `ExponentialMovingAverage`, d is min(decay, (1 + t)/(10 + t))
 * at step t, so that in a short run the random beginning does not weigh on the average.
 *
 * `train({ average, … })` keeps it, and tests and saves the averages; the model itself has the weights that training goes
 * on with, but in {@link during}.
 */
export class WeightAverage {
  /** As given. */
  readonly decay: number;
  private readonly weights: readonly LayerVariable[];
  /** Of each weight; while the model has the averages, what is to come back. */
  private others: Tensor[];

  /**
   * @param model its weights are averaged; it stays the caller's
   * @throws RangeError for a decay out of range
   */
  constructor(model: LayersModel, { decay }: WeightAverageArgs) {
    if (!(decay >= 0 && decay < 1)) {
      throw new RangeError(
        `[@fbsd/trainer] WeightAverage: decay must be a number from 0 that is less than 1; got ${decay}. Use 0.999, a usual one.`,
      );
    }
    this.decay = decay;
    this.weights = model.weights;
    this.others = this.weights.map((weight) => keep(clone(weight.read()))); // shares the memory until the model moves on
  }

  /** Takes the weights of the model into the average. @param step steps done, the one that moved them included: from 1 */
  update(step: number): void {
    const fresh = 1 - Math.min(this.decay, (1 + step) / (10 + step));
    for (const [i, weight] of this.weights.entries()) {
      const average = this.others[i] as Tensor;
      this.others[i] = keep(tidy(() => add(average, mul(sub(weight.read(), average), fresh))));
      average.dispose();
    }
  }

  /**
   * Gives the model the averages while something goes on, and its own weights back after it.
   *
   * @param use is given the weights that training goes on with, for a checkpoint: not copies
   */
  async during<T>(use: (trainingWeights: NamedTensor[]) => Promise<T>): Promise<T> {
    this.exchange();
    try {
      return await use(
        this.weights.map(({ originalName: name }, i) => ({
          name,
          tensor: this.others[i] as Tensor,
        })),
      );
    } finally {
      this.exchange();
    }
  }

  /**
   * Goes on from a checkpoint: the weights of its model are the averages, and the model is given those that training goes
   * on with.
   *
   * @param trainingWeights of the checkpoint; they stay the caller's
   * @throws UserError for a weight that the model does not have, or that is not there
   */
  resume(trainingWeights: readonly NamedTensor[]): void {
    const byName = new Map(trainingWeights.map(({ name, tensor }) => [name, tensor]));
    const own = this.weights.map(({ originalName, shape }) => {
      const tensor = byName.get(originalName);
      if (tensor?.shape.join() === shape.join()) return tensor;
      throw new UserError(
        `[@fbsd/trainer] WeightAverage: expected the weight '${originalName}' [${shape}] that training goes on with; got ${tensor ? `[${tensor.shape}]` : 'none'}. Is it another architecture's checkpoint?`,
      );
    });
    dispose(this.others);
    this.others = this.weights.map((weight) => keep(clone(weight.read())));
    for (const [i, weight] of this.weights.entries()) weight.write(own[i] as Tensor);
  }

  /** Gives the memory of the averages back. The model stays. */
  dispose(): void {
    dispose(this.others);
  }

  private exchange(): void {
    for (const [i, weight] of this.weights.entries()) {
      const other = this.others[i] as Tensor;
      this.others[i] = keep(clone(weight.read()));
      weight.write(other);
      other.dispose();
    }
  }
}
