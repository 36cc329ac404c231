import { type serialization, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { initializers, layers, type Shape } from '@tensorflow/tfjs-layers';
import { heNormal, type Initializer, type Seed, seedAfter } from './initial-weights.ts';
import { checkKnown, LAYER_OPTIONS, shown } from './known-options.ts';
import {
  checkNormalization,
  NORMALIZATION_OPTIONS,
  type NormalizationArgs,
} from './normalization.ts';
import { type NormalizedConvolution, normalizeAndConvolve } from './normalized-convolution.ts';

const DEFAULTS = { bottleneck: 4 } as const;
const OPTIONS = ['growth', 'bottleneck', 'seed', ...NORMALIZATION_OPTIONS, ...LAYER_OPTIONS];

/** Arguments of {@link DenseLayer}. */
export type DenseLayerArgs = NormalizationArgs & {
  /** Channels of the output. */
  growth: number;
  /** The 1×1 convolution has this many times the growth as channels. @default 4 */
  bottleneck?: number;
  /**
   * Makes the initial kernels repeatable; the second one's seed is the next number. With `'zeros'` nothing is drawn.
   * @default none
   */
  seed?: number | 'zeros';
  /** Name of the layer. @default made up by tfjs */
  name?: string;
  /** Whether the weights are trained; the mode does not depend on it. @default true */
  trainable?: boolean;
};

/**
 * A layer of a DenseNet-BC (Huang et al. 2017, arXiv 1608.06993): what is added to the maps before it.
 *
 * y = conv2(relu(norm2(conv1(relu(norm1([x₁, x₂, …]))))))
 *
 * conv1 is 1×1, conv2 3×3, both without bias, of stride 1 and padded to the maps' size; norm1 and
 * norm2 are as {@link BatchNorm}. For the backward pass it holds, of full size, the maps and conv1's
 * output: what is concatenated and normalised is computed again (Pleiss et al. 2017, arXiv
 * 1707.06990). `trainable = false` freezes the weights but does not change the mode.
 *
 * Input: a map [B,H,W,C₁], or a list of several, [B,H,W,Cᵢ]. Output: [B,H,W,growth].
 * Weights: norm1/gamma, norm1/beta, norm1/moving_mean, norm1/moving_variance, each [C₁ + C₂ + …],
 * conv1/kernel [1,1,C₁ + C₂ + …,bottleneck·growth] from He et al.'s normal, and the like for 2.
 *
 * @throws RangeError for a growth or bottleneck that is no whole number from 1, a momentum outside of
 *   [0, 1], an epsilon that is not positive, maps of different sizes; TypeError for an unknown number
 *   of channels
 */
export class DenseLayer extends layers.Layer {
  /** The name under which a saved model knows the layer. */
  static className = 'FbsdDenseLayer';

  /** Channels of the output. */
  readonly growth: number;
  /** The 1×1 convolution has this many times the growth as channels. */
  readonly bottleneck: number;
  /** Added to the variances. */
  readonly epsilon: number;
  /** Weight of the batch in the running statistics. */
  readonly momentum: number;
  /** Seed of the initial kernels, if they have one. */
  readonly seed: Seed;
  private first!: NormalizedConvolution;
  private second!: NormalizedConvolution;

  constructor(args: DenseLayerArgs) {
    checkKnown(where, args, OPTIONS, '{ growth: 32 }');
    super(args);
    const { epsilon, momentum } = checkNormalization(where, args);
    this.epsilon = epsilon;
    this.momentum = momentum;
    this.growth = args.growth;
    this.bottleneck = args.bottleneck ?? DEFAULTS.bottleneck;
    this.seed = args.seed;
    for (const name of ['growth', 'bottleneck'] as const) {
      if (!Number.isInteger(this[name]) || this[name] < 1) {
        throw new RangeError(
          `${where}: ${name} must be a whole number from 1; got ${shown(this[name])}.`,
        );
      }
    }
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = channelsOf(inputShape);
    const width = this.bottleneck * this.growth;
    this.first = this.addWeights(1, [1, 1, channels, width]);
    this.second = this.addWeights(2, [3, 3, width, this.growth]);
    this.built = true;
  }

  private addWeights(
    number: 1 | 2,
    kernelShape: [number, number, number, number],
  ): NormalizedConvolution {
    const add = (name: string, shape: Shape, initializer: Initializer, trainable: boolean) =>
      this.addWeight(name, shape, 'float32', initializer, undefined, trainable);
    const fanIn = kernelShape[0] * kernelShape[1] * kernelShape[2];
    const kernelInitializer = heNormal(fanIn, seedAfter(this.seed, number - 1));
    const norm = `norm${number}`;
    const channels = [kernelShape[2]];
    return {
      gamma: add(`${norm}/gamma`, channels, initializers.ones(), true),
      beta: add(`${norm}/beta`, channels, initializers.zeros(), true),
      movingMean: add(`${norm}/moving_mean`, channels, initializers.zeros(), false),
      movingVariance: add(`${norm}/moving_variance`, channels, initializers.ones(), false),
      kernel: add(`conv${number}/kernel`, kernelShape, kernelInitializer, true),
    };
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor {
    return tidy(() => {
      const maps = (Array.isArray(inputs) ? inputs : [inputs]) as Tensor4D[];
      const training = kwargs.training ?? false;
      const reduced = normalizeAndConvolve(maps, this.first, this, training);
      return normalizeAndConvolve([reduced], this.second, this, training);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    channelsOf(inputShape); // refuses what does not fit
    return [...shapesOf(inputShape)[0].slice(0, 3), this.growth];
  }

  override getConfig(): serialization.ConfigDict {
    const { growth, bottleneck, epsilon, momentum, seed } = this;
    return {
      ...super.getConfig(),
      growth,
      bottleneck,
      epsilon,
      momentum,
      ...(seed !== undefined && { seed }),
    };
  }
}

const where = '[@fbsd/backbones] DenseLayer';

/** A layer of a DenseNet: see {@link DenseLayer}. */
export function denseLayer(args: DenseLayerArgs): DenseLayer {
  return new DenseLayer(args);
}

/** Channels of all maps together. */
function channelsOf(inputShape: Shape | Shape[]): number {
  const shapes = shapesOf(inputShape);
  const sizes = new Set(shapes.map((shape) => shape.slice(1, 3).join('×')));
  if (sizes.size > 1 || shapes.some((shape) => shape.length !== 4)) {
    throw new RangeError(
      `${where}: needs maps [batch,height,width,channels] of one height and width; got ${described(shapes)}.`,
    );
  }
  const channels = shapes.map((shape) => shape[3]);
  if (channels.some((count) => count == null)) {
    throw new TypeError(`${where}: needs a known number of channels; got ${described(shapes)}.`);
  }
  return (channels as number[]).reduce((sum, count) => sum + count, 0);
}

function shapesOf(inputShape: Shape | Shape[]): [Shape, ...Shape[]] {
  return (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as [Shape, ...Shape[]];
}

function described(shapes: readonly Shape[]): string {
  return shapes.map((shape) => `[${shape.map((size) => size ?? 'null')}]`).join(', ');
}
