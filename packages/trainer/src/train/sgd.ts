import { type SgdParameter, sgdStep } from '@fbsd/kernels';
import {
  type NamedTensorMap,
  Optimizer,
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

/** The arguments of {@link SGD}. */
export interface SGDArgs {
  /** Learning rate of FBSMs, conv blocks and classifiers. @default 0.002 */
  newLearningRate?: number;
  /** Learning rate of the backbone. @default 0.0002 */
  pretrainedLearningRate?: number;
  /**
   * Layer-wise learning-rate decay, from 0 to 1, as timm's: the last stage of the backbone has its learning rate times this,
   * each stage before it times this once more. @default 1: all have the same
   */
  layerDecay?: number;
  /** Share of the velocity that stays from step to step. @default 0.9 */
  momentum?: number;
  /** L2 penalty on every parameter, batch norms and biases too. @default 5e-4 */
  weightDecay?: number;
}

/** The defaults of {@link SGDArgs}. */
export const SGD_DEFAULTS: Readonly<Required<SGDArgs>> = {
  newLearningRate: 0.002,
  pretrainedLearningRate: 0.0002,
  layerDecay: 1,
  momentum: 0.9,
  weightDecay: 5e-4,
};

interface SgdState extends Parameter {
  velocity?: Variable;
}

/**
 * Stochastic gradient descent as PyTorch's and as FBSD was published with: momentum, weight decay,
 * one learning rate for the new layers and a smaller one for the backbone.
 *
 * g' = g + decay·w; v = momentum·v + g'; w = w − factor·rate·v.
 */
export class SGD extends Optimizer {
  /** For tfjs, which asks every optimizer. */
  static readonly className = 'FbsdSGD';

  /** Scales both learning rates; a schedule sets it before each step. @default 1 */
  factor = 1;
  /** As given, with the defaults. */
  readonly args: Required<SGDArgs>;
  private readonly parameters: ReadonlyMap<string, SgdState>;

  /**
   * @param model this optimizer moves its trainable weights
   * @throws TypeError for two different learning rates if the model does not say which layers are new, and for `layerDecay`
   *   if the backbone is no ResNet or DenseNet of @fbsd/backbones
   * @throws RangeError for numbers that no step can be made with
   */
  constructor(model: LayersModel, args: SGDArgs = {}) {
    super();
    this.args = { ...SGD_DEFAULTS, ...args };
    checkNumbers('SGD', { ...this.args }, ['momentum']);
    this.parameters = parametersOf('SGD', model, this.args);
  }

  /** Moves every weight that `gradients` (by the name of its variable) holds a gradient for. */
  override applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const { momentum, weightDecay } = this.args;
    const rates = this.learningRates();
    const moving: SgdParameter[] = [];
    for (const [parameter, gradient] of paired('SGD', this.parameters, gradients)) {
      const { variable: weight } = parameter;
      parameter.velocity ??= tidy(() => variable(zerosLike(weight), false));
      const { velocity } = parameter;
      moving.push({
        weight,
        velocity,
        gradient,
        learningRate: rateOf(parameter, rates),
      });
    }
    sgdStep(moving, { learningRate: rates.new, momentum, weightDecay });
    this.incrementIterations();
  }

  /** Both learning rates as the next step uses them. */
  learningRates(): LearningRates {
    return ratesOf(this.args, this.factor);
  }

  /** The velocities by the name of their weight, for a checkpoint. Not copies: do not dispose them. */
  velocities(): NamedTensor[] {
    return [...this.parameters.values()].flatMap(({ name, velocity }) =>
      velocity ? [{ name, tensor: velocity }] : [],
    );
  }

  /**
   * Sets the velocities to copies of those that a checkpoint kept; weights without one start from zero.
   *
   * @throws UserError for a name or a shape that the model does not have
   */
  setVelocities(velocities: readonly NamedTensor[]): void {
    const byName = new Map([...this.parameters.values()].map((p) => [p.name, p]));
    for (const { name, tensor } of velocities) {
      const parameter = byName.get(name);
      if (!parameter || parameter.variable.shape.join() !== tensor.shape.join()) {
        throw new UserError(
          `[@fbsd/trainer] SGD: the velocity of '${name}' [${tensor.shape}] fits no weight of this model` +
            `${parameter ? ` (expected [${parameter.variable.shape}])` : ''}. Is it another architecture's checkpoint?`,
        );
      }
      parameter.velocity?.dispose();
      parameter.velocity = variable(tensor, false);
    }
  }

  override dispose(): void {
    super.dispose();
    for (const parameter of this.parameters.values()) {
      parameter.velocity?.dispose();
      delete parameter.velocity;
    }
  }

  override getConfig() {
    return { ...this.args };
  }
}
