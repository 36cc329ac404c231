import {
  add,
  div,
  mul,
  type NamedTensorMap,
  Optimizer,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
  tidy,
  type Variable,
  variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { UserError } from '../user-error.ts';
import type { LearningRates } from './metrics.ts';
import {
  checkNumbers,
  type NamedTensor,
  type Parameter,
  paired,
  parametersOf,
  rateOf,
  ratesOf,
} from './parameters.ts';

/** The arguments of {@link AdamW}. */
export interface AdamWArgs {
  /** Learning rate of FBSMs, conv blocks and classifiers. @default 0.001 */
  newLearningRate?: number;
  /** Learning rate of the backbone. @default 0.0001 */
  pretrainedLearningRate?: number;
  /**
   * Layer-wise learning-rate decay, from 0 to 1, as timm's: the last stage of the backbone has its learning rate times this,
   * each stage before it times this once more. @default 1: all have the same
   */
  layerDecay?: number;
  /** Share of the mean gradient that stays from step to step. @default 0.9 */
  beta1?: number;
  /** Share of the mean squared gradient that stays from step to step. @default 0.999 */
  beta2?: number;
  /** Is added to the root of the mean squared gradient, by which a step is divided. @default 1e-8 */
  epsilon?: number;
  /** Share of every parameter, times the learning rate, that a step takes away from it. @default 0.01 */
  weightDecay?: number;
}

/** The defaults of {@link AdamWArgs}: PyTorch's, and a tenth of the learning rate for the backbone. */
export const ADAMW_DEFAULTS: Readonly<Required<AdamWArgs>> = {
  newLearningRate: 0.001,
  pretrainedLearningRate: 0.0001,
  layerDecay: 1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
};

/** The number of steps, among the tensors of a checkpoint. */
const STEP = 'step';

/** What is kept of a weight, by the names that PyTorch has for it. */
interface AdamWState extends Parameter {
  moments?: { exp_avg: Variable; exp_avg_sq: Variable };
}

/**
 * Adam with decoupled weight decay, as `torch.optim.AdamW`, with one learning rate for the new layers and another one for
 * the backbone. At step t, with r = factor·rate:
 *
 * w' = w − r·decay·w; m = β₁·m + (1 − β₁)·g; v = β₂·v + (1 − β₂)·g²; w = w' − r·(m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε).
 *
 * Source: Loshchilov & Hutter, *Decoupled Weight Decay Regularization*, arXiv 1711.05101.
 */
export class AdamW extends Optimizer {
  /** For tfjs, which asks every optimizer. */
  static readonly className = 'FbsdAdamW';

  /** Scales both learning rates; a schedule sets it before each step. @default 1 */
  factor = 1;
  /** As given, with the defaults. */
  readonly args: Required<AdamWArgs>;
  private readonly parameters: ReadonlyMap<string, AdamWState>;
  private step: Variable | null = null;
  private stepsDone = 0;

  /**
   * @param model this optimizer moves its trainable weights
   * @throws TypeError for two different learning rates if the model does not say which layers are new, and for `layerDecay`
   *   if the backbone is no ResNet or DenseNet of @fbsd/backbones
   * @throws RangeError for numbers that no step can be made with
   */
  constructor(model: LayersModel, args: AdamWArgs = {}) {
    super();
    this.args = { ...ADAMW_DEFAULTS, ...args };
    checkNumbers('AdamW', { ...this.args }, ['beta1', 'beta2']);
    this.parameters = parametersOf('AdamW', model, this.args);
  }

  /** Moves every weight that `gradients` (by the name of its variable) holds a gradient for. */
  override applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const pairs = [...paired('AdamW', this.parameters, gradients)];
    this.setStep(this.stepsDone + 1);
    const rates = this.learningRates();
    for (const [parameter, gradient] of pairs) {
      this.move(parameter, gradient, rateOf(parameter, rates));
    }
    this.incrementIterations();
  }

  /** Both learning rates as the next step uses them. */
  learningRates(): LearningRates {
    return ratesOf(this.args, this.factor);
  }

  /** The means and the number of steps by name, for a checkpoint. Not copies: do not dispose them. */
  velocities(): NamedTensor[] {
    if (this.step === null) return [];
    const moments = [...this.parameters.values()].flatMap(({ name, moments = {} }) =>
      Object.entries(moments).map(([kind, tensor]) => ({ name: `${name}/${kind}`, tensor })),
    );
    return [{ name: STEP, tensor: this.step }, ...moments];
  }

  /**
   * Sets means and number of steps to copies of those that a checkpoint kept; weights without them start from zero.
   *
   * @throws UserError for a name or a shape that the model does not have
   */
  async setVelocities(velocities: readonly NamedTensor[]): Promise<void> {
    const states = new Map([...this.parameters.values()].map((state) => [state.name, state]));
    const step = velocities.find(({ name }) => name === STEP);
    for (const { name, tensor } of velocities) {
      if (name === STEP) continue;
      const [, weight = '', kind] = /^(.*)\/(exp_avg|exp_avg_sq)$/.exec(name) ?? [];
      const state = states.get(weight);
      if (!step || !state || state.variable.shape.join() !== tensor.shape.join()) {
        throw new UserError(
          `[@fbsd/trainer] AdamW: '${name}' [${tensor.shape}] of the checkpoint fits no weight of this model` +
            `${state ? ` (expected [${state.variable.shape}])` : ''}. Is it another architecture's checkpoint, or another optimizer's?`,
        );
      }
      this.momentsOf(state)[kind as 'exp_avg' | 'exp_avg_sq'].assign(tensor);
    }
    if (step) this.setStep((await step.tensor.data<'float32'>())[0] as number);
  }

  override dispose(): void {
    super.dispose();
    this.step?.dispose();
    this.step = null;
    this.stepsDone = 0;
    for (const state of this.parameters.values()) {
      state.moments?.exp_avg.dispose();
      state.moments?.exp_avg_sq.dispose();
      delete state.moments;
    }
  }

  override getConfig() {
    return { ...this.args };
  }

  private setStep(step: number): void {
    this.stepsDone = step;
    const value = scalar(step);
    if (this.step) this.step.assign(value);
    else this.step = variable(value, false);
    value.dispose();
  }

  private momentsOf(state: AdamWState): NonNullable<AdamWState['moments']> {
    const zeros = () => tidy(() => variable(zerosLike(state.variable), false));
    state.moments ??= { exp_avg: zeros(), exp_avg_sq: zeros() };
    return state.moments;
  }

  private move(state: AdamWState, gradient: Tensor, rate: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.args;
    const { exp_avg: mean, exp_avg_sq: meanSquare } = this.momentsOf(state);
    const stepSize = rate / (1 - beta1 ** this.stepsDone);
    const scale = 1 / Math.sqrt(1 - beta2 ** this.stepsDone);
    tidy(() => {
      const { variable: weight } = state;
      const decayed = weightDecay === 0 ? weight : mul(weight, 1 - rate * weightDecay);
      const m = add(mean, mul(sub(gradient, mean), 1 - beta1));
      const v = add(mul(meanSquare, beta2), mul(square(gradient), 1 - beta2));
      const step = div(mul(m, stepSize), add(mul(sqrt(v), scale), epsilon));
      mean.assign(m);
      meanSquare.assign(v);
      weight.assign(sub(decayed, step));
    });
  }
}
