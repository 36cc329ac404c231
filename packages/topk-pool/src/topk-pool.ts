import type { serialization, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { layers, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkKnown, LAYER_OPTIONS } from './known-options.ts';
import { checkK, checkPositions } from './positions.ts';
import { DEFAULTS, type TopKMeanOptions, topKMean } from './topk-mean.ts';

type Kwargs = NonNullable<Parameters<layers.Layer['call']>[1]>;
/** The inputs and outputs of tfjs's layers, as its types have them. */
type Applied = ReturnType<layers.Layer['apply']>;

/** Arguments of {@link topKPool}: `k`, and those that every layer takes (`name`, …). */
export type TopKPoolArgs = TopKMeanOptions & ConstructorParameters<typeof layers.Layer>[0];

/**
 * Global pooling by the mean of the k largest responses of each channel: see {@link topKMean}.
 *
 * Input: float32 [B,H,W,C] or [B,S,C]. Output: float32 [B,C]. No weights.
 *
 * @throws RangeError when the layer is built on an input of fewer than `k` positions, or called on
 *   one if the size is not known before
 */
export class TopKPool extends layers.Layer {
  /** The name under which a saved model knows the layer. */
  static readonly className = 'FbsdTopKPool';
  /** How many responses of each channel are averaged. */
  readonly k: number;

  constructor(args: TopKPoolArgs = {}) {
    checkKnown('[@fbsd/topk-pool] TopKPool', args, ['k', ...LAYER_OPTIONS]);
    super(args);
    this.k = args.k ?? DEFAULTS.k;
    checkK('TopKPool', this.k);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape); // refuses what does not fit
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = one(inputShape);
    checkPositions('TopKPool', this.k, shape);
    return [shape[0] ?? null, shape.at(-1) ?? null];
  }

  /**
   * Applies the layer to one map.
   *
   * @returns [B,C]; symbolic for a symbolic map, else a tensor
   */
  override apply(input: SymbolicTensor, kwargs?: Kwargs): SymbolicTensor;
  override apply(input: Tensor, kwargs?: Kwargs): Tensor2D;
  override apply(input: Applied, kwargs?: Kwargs): Tensor2D | SymbolicTensor;
  override apply(input: Applied, kwargs?: Kwargs): Tensor2D | SymbolicTensor {
    return super.apply(input, kwargs) as Tensor2D | SymbolicTensor;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return topKMean(x as Tensor, { k: this.k });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), k: this.k };
  }
}

/** Makes a {@link TopKPool} layer: `topKPool({k: 5}).apply(x)`, [B,H,W,C] → [B,C]. */
export function topKPool(args: TopKPoolArgs = {}): TopKPool {
  return new TopKPool(args);
}

function one(shape: Shape | Shape[]): Shape {
  if (!Array.isArray(shape[0])) return shape as Shape;
  if (shape.length === 1) return shape[0];
  throw new TypeError(
    `[@fbsd/topk-pool] TopKPool: expected one input; got ${shape.length}. ` +
      'Pool each input with a layer of its own, or concatenate them.',
  );
}
