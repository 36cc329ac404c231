import { newWeightNames } from '@fbsd/fbsd';
import { type SgdParameter, sgdStep } from '@fbsd/kernels';
import {
  type NamedTensorMap,
  Optimizer,
  type Tensor,
  tidy,
  type Variable,
  variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { UserError } from '../user-error.ts';
import type { LearningRates } from './metrics.ts';

/** A tensor by the name of the weight that it belongs to. */
export interface NamedTensor {
  /** As the weight's `originalName`: `fbsm1/kernel`. */
  name: string;
  /** Of the weight's shape. */
  tensor: Tensor;
}

/** The arguments of {@link SGD}. */
export interface SGDArgs {
  /** Learning rate of FBSMs, conv blocks and classifiers. @default 0.002 */
  newLearningRate?: number;
  /** Learning rate of the backbone. @default 0.0002 */
  pretrainedLearningRate?: number;
  /** Share of the velocity that stays from step to step. @default 0.9 */
  momentum?: number;
  /** L2 penalty on every parameter, batch norms and biases too. @default 5e-4 */
  weightDecay?: number;
}

/** The defaults of {@link SGDArgs}. */
export const SGD_DEFAULTS: Readonly<Required<SGDArgs>> = {
  newLearningRate: 0.002,
  pretrainedLearningRate: 0.0002,
  momentum: 0.9,
  weightDecay: 5e-4,
};

interface Parameter {
  readonly name: string;
  readonly variable: Variable;
  /** True for a weight of a new layer, which the backbone's learning rate is not for. */
  readonly isNew: boolean;
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
  private readonly parameters: ReadonlyMap<string, Parameter>;

  /**
   * @param model this optimizer moves its trainable weights
   * @throws TypeError for two different learning rates if the model does not say which layers are new
   * @throws RangeError for numbers that no step can be made with
   */
  constructor(model: LayersModel, args: SGDArgs = {}) {
    super();
    this.args = { ...SGD_DEFAULTS, ...args };
    check(this.args);
    const newNames = newWeightNames(model);
    const { newLearningRate, pretrainedLearningRate } = this.args;
    if (!newNames && newLearningRate !== pretrainedLearningRate) {
      throw new TypeError(
        `[@fbsd/trainer] SGD: learning rates ${newLearningRate} for new layers and ${pretrainedLearningRate} for the backbone, but '${model.name}' does not say which of its layers are new. ` +
          'Build it with fbsd() or attachFBSD(), tell with markNewLayers() of @fbsd/fbsd, or make both rates the same.',
      );
    }
    this.parameters = new Map(
      model.trainableWeights.map((weight) => {
        const name = weight.originalName;
        const isNew = newNames?.has(name) ?? true;
        const parameter = { name, variable: weight.read() as Variable, isNew };
        return [parameter.variable.name, parameter];
      }),
    );
  }

  /** Moves every weight that `gradients` (by the name of its variable) holds a gradient for. */
  override applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const named = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor] as const)
      : Object.entries(gradients);
    const { momentum, weightDecay } = this.args;
    const rates = this.learningRates();
    const moving = named.map(([name, gradient]): SgdParameter => {
      const parameter = this.parameters.get(name);
      if (!parameter)
        throw new Error(`[@fbsd/trainer] SGD: '${name}' is not a weight of its model.`);
      const { variable: weight, isNew } = parameter;
      parameter.velocity ??= tidy(() => variable(zerosLike(weight), false));
      const { velocity } = parameter;
      return { weight, velocity, gradient, ...(!isNew && { learningRate: rates.pretrained }) };
    });
    sgdStep(moving, { learningRate: rates.new, momentum, weightDecay });
    this.incrementIterations();
  }

  /** Both learning rates as the next step uses them. */
  learningRates(): LearningRates {
    const { newLearningRate, pretrainedLearningRate } = this.args;
    return { new: newLearningRate * this.factor, pretrained: pretrainedLearningRate * this.factor };
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

function check(args: Required<SGDArgs>): void {
  for (const [name, value] of Object.entries(args)) {
    const rounded = Math.fround(value);
    if (rounded >= 0 && rounded < (name === 'momentum' ? 1 : Number.POSITIVE_INFINITY)) continue;
    const range = name === 'momentum' ? 'less than 1' : '3.4e38';
    throw new RangeError(
      `[@fbsd/trainer] SGD: ${name} must be a number from 0 to ${range}, as float32 has it; got ${value}.`,
    );
  }
}
