import {
  type serialization,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import {
  InputSpec,
  initializers,
  type LayerVariable,
  layers,
  type Shape,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  type FeatureBoostSuppressResult,
  type FeatureBoostSuppressWeights,
  featureBoostSuppress,
  stripProbabilities,
} from './feature-boost-suppress.ts';
import {
  type Initializer,
  type InitializerConfig,
  initializerConfig,
  toInitializer,
  uniformFanIn,
} from './initializer.ts';
import { checkKnown, LAYER_OPTIONS } from './known-options.ts';
import { movingStatistics } from './moving-statistics.ts';
import { OncePerExecution } from './once-per-execution.ts';
import {
  checkOption,
  checkShape,
  DEFAULTS,
  type FeatureBoostSuppressOptions,
  type ResolvedOptions,
  resolveOptions,
  within,
} from './options.ts';

type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;
type Kwargs = NonNullable<Parameters<layers.Layer['call']>[1]>;
/** The inputs and outputs of tfjs's layers, as its types have them. */
type Applied = ReturnType<layers.Layer['apply']>;
type Variables = Record<keyof FeatureBoostSuppressWeights, LayerVariable>;

/** The options of {@link FBSM}. */
export interface FBSMArgs extends LayerArgs, Omit<FeatureBoostSuppressOptions, 'training'> {
  /**
   * Weight of a new strip's statistics in the running ones, in PyTorch's sense:
   * running = (1 − momentum)·running + momentum·strip's; in [0, 1]. @default 0.1
   */
  momentum?: number;
  /** Initializer of the kernel: an object, a name or a configuration. @default PyTorch's, U(±1/√C) */
  kernelInitializer?: string | Initializer | InitializerConfig;
  /** Initializer of the bias, likewise. @default PyTorch's, U(±1/√C) */
  biasInitializer?: string | Initializer | InitializerConfig;
  /** Makes the default initial weights repeatable; the bias's seed is the next number. @default none */
  seed?: number;
}

/** The names of {@link FBSMArgs}. */
export const FBSM_OPTIONS: readonly string[] = [
  'parts',
  'alpha',
  'beta',
  'axis',
  'epsilon',
  'momentum',
  'kernelInitializer',
  'biasInitializer',
  'seed',
  ...LAYER_OPTIONS,
];

/**
 * Feature boosting and suppression module (FBSM).
 *
 * Cuts the map into k strips, gives every strip a probability p_i by a 1×1 convolution to one
 * channel, batch norm, ReLU, mean and a softmax over the strips, and returns two maps: one with the
 * strips boosted by 1 + alpha·p_i, one with the likeliest strip suppressed by 1 − beta.
 *
 * Input: float32 [batch, height, width, channels]. Output: [boosted, suppressed], each of that
 * shape. Weights: kernel [1,1,C,1], bias, gamma, beta, moving_mean, moving_variance [1].
 *
 * Called with `training: true` (as `model.fit` does) every strip is normalised by its own batch
 * statistics, and the moving ones take one update per strip, first strip first, the variance
 * unbiased. Otherwise the moving statistics are used. As with the batch norm of tfjs, `trainable =
 * false` freezes kernel, bias, gamma and beta but does not change the mode: only `training` does.
 *
 * @throws RangeError if an option is impossible, or the map has another rank than 4 or fewer
 *   positions along `axis` than `parts` (when the layer is built, or called if the size is open)
 *
 * Source: Song & Yang, arXiv 2103.02782, the feature boosting and suppression module.
 */
export class FBSM extends layers.Layer {
  /** The name under which a saved model knows the layer. */
  static className = 'FbsdFBSM';

  readonly #options: ResolvedOptions;
  readonly #momentum: number;
  readonly #initializers: { readonly [weight in 'kernel' | 'bias']: Initializer | undefined };
  readonly #seed: number | undefined;
  readonly #once = new OncePerExecution();
  #variables: Variables | undefined;

  constructor(args: FBSMArgs) {
    checkKnown('[@fbsd/fbsm] FBSM', args, FBSM_OPTIONS, '{ parts: 8 }');
    super(args);
    const { momentum = DEFAULTS.momentum, kernelInitializer, biasInitializer, seed } = args;
    this.#options = resolveOptions('FBSM', { ...args, training: false });
    checkOption('FBSM', 'momentum', momentum, 'a number from 0 to 1', within(momentum, 0, 1));
    this.#momentum = momentum;
    this.#initializers = {
      kernel: toInitializer('kernelInitializer', kernelInitializer),
      bias: toInitializer('biasInitializer', biasInitializer),
    };
    this.#seed = seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    checkShape('FBSM', shape, this.#options);
    const channels = shape[3] ?? null;
    if (channels === null) {
      throw new RangeError(
        `[@fbsd/fbsm] FBSM: the number of channels must be known; got input [${shape.map(String)}]. ` +
          'Give the input a fixed last dimension.',
      );
    }
    const zeros = initializers.zeros();
    const ones = initializers.ones();
    const add = (name: string, initializer: Initializer, trainable: boolean, size = [1]) =>
      this.addWeight(name, size, 'float32', initializer, undefined, trainable);
    const { kernel, bias } = this.#initializers;
    const uniform = (index: number) => uniformFanIn(channels, this.#seed, index);
    this.#variables = {
      kernel: add('kernel', kernel ?? uniform(0), true, [1, 1, channels, 1]),
      bias: add('bias', bias ?? uniform(1), true),
      gamma: add('gamma', ones, true),
      beta: add('beta', zeros, true),
      movingMean: add('moving_mean', zeros, false),
      movingVariance: add('moving_variance', ones, false),
    };
    this.inputSpec = [new InputSpec({ ndim: 4, axes: { 3: channels } })];
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape[] {
    const shape = onlyShape(inputShape);
    return [[...shape], [...shape]];
  }

  /**
   * Applies the layer to one map, [B,H,W,C].
   *
   * @returns boosted and suppressed map; symbolic for a symbolic one, else tensors. What a stock layer returns has the
   *   type of either: it is taken for symbolic.
   */
  override apply(input: SymbolicTensor, kwargs?: Kwargs): [SymbolicTensor, SymbolicTensor];
  override apply(input: Tensor, kwargs?: Kwargs): [Tensor4D, Tensor4D];
  override apply(input: Applied, kwargs?: Kwargs): [SymbolicTensor, SymbolicTensor];
  override apply(input: Applied, kwargs?: Kwargs): Tensor[] | SymbolicTensor[] {
    return super.apply(input, kwargs) as Tensor[] | SymbolicTensor[];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor[] {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
    checkShape('FBSM', x.shape, this.#options);
    return this.#once.run([x], kwargs, () =>
      tidy(() => {
        if (kwargs['training'] !== true) {
          const { boosted, suppressed } = featureBoostSuppress(x, this.#weights(), this.#options);
          return [boosted, suppressed];
        }
        const options = { ...this.#options, training: true } as const;
        const result = featureBoostSuppress(x, this.#weights(), options);
        this.#updateStatistics(x, result);
        return [result.boosted, result.suppressed];
      }),
    );
  }

  /**
   * The probability of every strip, in evaluation mode: which strip the layer boosts how much, and
   * suppresses (the largest).
   *
   * @param x float32 [B,H,W,C]
   * @returns [B,k]; every row sums to 1
   * @throws Error if the layer has not been built
   */
  probabilities(x: Tensor4D): Tensor2D {
    checkShape('FBSM', x.shape, this.#options);
    return stripProbabilities(x, this.#weights(), this.#options);
  }

  override getConfig(): serialization.ConfigDict {
    const { parts, alpha, beta, axis, epsilon } = this.#options;
    const { kernel, bias } = this.#initializers;
    return {
      ...super.getConfig(),
      parts,
      alpha,
      beta,
      axis,
      epsilon,
      momentum: this.#momentum,
      ...(kernel && { kernelInitializer: initializerConfig(kernel) }),
      ...(bias && { biasInitializer: initializerConfig(bias) }),
      ...(this.#seed !== undefined && { seed: this.#seed }),
    };
  }

  #weights(): Record<keyof Variables, Tensor> {
    if (!this.#variables) {
      throw new Error(
        `[@fbsd/fbsm] FBSM: layer '${this.name}' has no weights yet. Apply it to an input, or call build().`,
      );
    }
    const read = Object.entries(this.#variables).map(([name, variable]) => [name, variable.read()]);
    return Object.fromEntries(read);
  }

  #updateStatistics(
    x: Tensor4D,
    { mean, variance }: Required<Pick<FeatureBoostSuppressResult, 'mean' | 'variance'>>,
  ): void {
    const { movingMean, movingVariance } = this.#variables as Variables;
    const moving = { mean: movingMean.read(), variance: movingVariance.read() };
    const next = movingStatistics(moving, { mean, variance }, x, this.#options, this.#momentum);
    movingMean.write(next.mean);
    movingVariance.write(next.variance);
  }
}

/** @throws Error unless the layer gets one input */
function onlyShape(inputShape: Shape | Shape[]): Shape {
  const shapes = Array.isArray(inputShape[0]) ? (inputShape as Shape[]) : [inputShape as Shape];
  if (shapes.length !== 1) {
    throw new Error(
      `[@fbsd/fbsm] FBSM: takes one input; got ${shapes.length}. Apply it to one map at a time.`,
    );
  }
  return shapes[0] as Shape;
}

/** Makes an {@link FBSM} layer: `const [boosted, suppressed] = fbsm({parts: 8}).apply(x)`. */
export function fbsm(args: FBSMArgs): FBSM {
  return new FBSM(args);
}
