import {
  batchNormInference,
  batchNorm as batchNormOp,
  updateMovingStatistics,
} from '@fbsd/kernels';
import { serialization, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';

const DEFAULTS = { epsilon: 1e-5, momentum: 0.1, activation: 'linear' } as const;

export type BatchNormArgs = {
  /** Added to the variance. @default 1e-5 */
  epsilon?: number;
  /** Weight of the batch in the running statistics: new = (1−m)·old + m·batch. @default 0.1 */
  momentum?: number;
  /** Applied last, after the residual is added. @default 'linear' */
  activation?: 'linear' | 'relu';
  name?: string;
  trainable?: boolean;
};

/**
 * Batch normalisation as PyTorch does it, with what follows it in a residual network in one layer:
 * y = act(γ·(x − mean)/√(variance + ε) + β [+ residual]).
 *
 * In training (`{training: true}`) mean and variance are those of the batch, and the running
 * statistics move towards them, the variance by its unbiased estimate n/(n−1); otherwise the running
 * statistics are used. As with tfjs's own `batchNormalization`, `trainable = false` freezes gamma and
 * beta but does not change the mode. That one differs in ε, in the sense of momentum and in the
 * running variance.
 *
 * Input: x [B,…,C], or [x, residual] of the same shape. Output: the shape of x.
 * Weights: gamma, beta, moving_mean, moving_variance, each [C].
 *
 * @throws RangeError for a momentum outside of [0, 1], an epsilon that is not positive
 */
export class BatchNorm extends layers.Layer {
  /** @nocollapse */
  static className = 'FbsdBatchNorm';

  readonly epsilon: number;
  readonly momentum: number;
  readonly activation: 'linear' | 'relu';
  private gamma!: LayerVariable;
  private beta!: LayerVariable;
  private movingMean!: LayerVariable;
  private movingVariance!: LayerVariable;

  constructor(args: BatchNormArgs = {}) {
    super(args);
    this.epsilon = args.epsilon ?? DEFAULTS.epsilon;
    this.momentum = args.momentum ?? DEFAULTS.momentum;
    this.activation = args.activation ?? DEFAULTS.activation;
    if (!(this.epsilon > 0)) {
      throw new RangeError(`${where}: epsilon must be above 0; got ${this.epsilon}.`);
    }
    if (!(this.momentum >= 0 && this.momentum <= 1)) {
      throw new RangeError(`${where}: momentum must be from 0 to 1; got ${this.momentum}.`);
    }
    if (this.activation !== 'linear' && this.activation !== 'relu') {
      throw new TypeError(
        `${where}: activation must be 'linear' or 'relu'; got '${this.activation}'. Use a layer of its own for another one.`,
      );
    }
  }

  override build(inputShape: Shape | Shape[]): void {
    const [shape, residual] = shapesOf(inputShape);
    const channels = shape.at(-1);
    if (channels == null) {
      throw new TypeError(`${where}: needs a known number of channels; got input [${shape}].`);
    }
    if (residual && residual.join() !== shape.join()) {
      throw new RangeError(
        `${where}: the residual must have the shape of the input [${shape}]; got [${residual}].`,
      );
    }
    const add = (name: string, initial: 'ones' | 'zeros', trainable: boolean) =>
      this.addWeight(name, [channels], 'float32', initializers[initial](), undefined, trainable);
    this.gamma = add('gamma', 'ones', true);
    this.beta = add('beta', 'zeros', true);
    this.movingMean = add('moving_mean', 'zeros', false);
    this.movingVariance = add('moving_variance', 'ones', false);
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor {
    return tidy(() => {
      const [x, residual] = (Array.isArray(inputs) ? inputs : [inputs]) as [Tensor, Tensor?];
      const options = {
        epsilon: this.epsilon,
        relu: this.activation === 'relu',
        ...(residual && { residual }),
      };
      const gamma = this.gamma.read() as Tensor1D;
      const beta = this.beta.read() as Tensor1D;
      const movingMean = this.movingMean.read() as Tensor1D;
      const movingVariance = this.movingVariance.read() as Tensor1D;
      if (!kwargs.training) {
        return batchNormInference(x, movingMean, movingVariance, gamma, beta, options);
      }
      const { y, mean, variance } = batchNormOp(x, gamma, beta, options);
      const moved = updateMovingStatistics(
        { mean: movingMean, variance: movingVariance },
        { mean, variance },
        { momentum: this.momentum, count: x.size / mean.size },
      );
      this.movingMean.write(moved.mean);
      this.movingVariance.write(moved.variance);
      return y;
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapesOf(inputShape)[0];
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      epsilon: this.epsilon,
      momentum: this.momentum,
      activation: this.activation,
    };
  }
}
serialization.registerClass(BatchNorm);

const where = '[@fbsd/backbones] BatchNorm';

/** Batch normalisation with PyTorch's semantics: see {@link BatchNorm}. */
export function batchNorm(args?: BatchNormArgs): BatchNorm {
  return new BatchNorm(args);
}

function shapesOf(inputShape: Shape | Shape[]): [Shape, Shape?] {
  return (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as [Shape, Shape?];
}
