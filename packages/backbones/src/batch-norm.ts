import { batchNormInference, batchNorm as batchNormOp } from '@fbsd/kernels';
import { type serialization, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import {
  initializers,
  type LayerVariable,
  layers,
  type Shape,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { checkKnown, LAYER_OPTIONS, shown } from './known-options.ts';
import {
  checkNormalization,
  moveStatistics,
  NORMALIZATION_OPTIONS,
  type NormalizationArgs,
} from './normalization.ts';

type Kwargs = NonNullable<Parameters<layers.Layer['call']>[1]>;
/** The inputs and outputs of tfjs's layers, as its types have them. */
type Applied = ReturnType<layers.Layer['apply']>;

const DEFAULTS = { activation: 'linear' } as const;

/** Arguments of {@link BatchNorm}. */
export type BatchNormArgs = NormalizationArgs & {
  /** Applied last, after the residual is added. @default 'linear' */
  activation?: 'linear' | 'relu';
  /** Name of the layer. @default made up by tfjs */
  name?: string;
  /** Whether gamma and beta are trained; the mode does not depend on it. @default true */
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
  /** The name under which a saved model knows the layer. */
  static className = 'FbsdBatchNorm';

  /** Added to the variance. */
  readonly epsilon: number;
  /** Weight of the batch in the running statistics. */
  readonly momentum: number;
  /** Applied last. */
  readonly activation: 'linear' | 'relu';
  private gamma!: LayerVariable;
  private beta!: LayerVariable;
  private movingMean!: LayerVariable;
  private movingVariance!: LayerVariable;

  constructor(args: BatchNormArgs = {}) {
    checkKnown(where, args, ['activation', ...NORMALIZATION_OPTIONS, ...LAYER_OPTIONS]);
    super(args);
    const { epsilon, momentum } = checkNormalization(where, args);
    this.epsilon = epsilon;
    this.momentum = momentum;
    this.activation = args.activation ?? DEFAULTS.activation;
    if (this.activation !== 'linear' && this.activation !== 'relu') {
      throw new TypeError(
        `${where}: activation must be 'linear' or 'relu'; got ${shown(this.activation)}. Use a layer of its own for another one.`,
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

  /**
   * Applies the layer to a map, or to a map and its residual.
   *
   * @returns a map of the same shape; symbolic for a symbolic map, else a tensor
   */
  override apply(inputs: SymbolicTensor | SymbolicTensor[], kwargs?: Kwargs): SymbolicTensor;
  override apply(inputs: Tensor | Tensor[], kwargs?: Kwargs): Tensor;
  override apply(inputs: Applied, kwargs?: Kwargs): Tensor | SymbolicTensor;
  override apply(inputs: Applied, kwargs?: Kwargs): Tensor | SymbolicTensor {
    return super.apply(inputs, kwargs) as Tensor | SymbolicTensor;
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
      const { movingMean, movingVariance, momentum } = this;
      if (!kwargs.training) {
        const [mean, variance] = [movingMean.read() as Tensor1D, movingVariance.read() as Tensor1D];
        return batchNormInference(x, mean, variance, gamma, beta, options);
      }
      const { y, count, ...batch } = batchNormOp(x, gamma, beta, options);
      moveStatistics({ movingMean, movingVariance }, batch, { momentum, count });
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

const where = '[@fbsd/backbones] BatchNorm';

/** Batch normalisation with PyTorch's semantics: see {@link BatchNorm}. */
export function batchNorm(args?: BatchNormArgs): BatchNorm {
  return new BatchNorm(args);
}

function shapesOf(inputShape: Shape | Shape[]): [Shape, Shape?] {
  return (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as [Shape, Shape?];
}
