import type { serialization, Tensor } from '@tensorflow/tfjs-core';
import { layers, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { diversify } from './diversify.ts';
import { LAYER_OPTIONS } from './known-options.ts';
import { checkMaps } from './maps.ts';
import { OncePerExecution } from './once-per-execution.ts';
import { checkOptions, type FDMOptions } from './options.ts';

type Kwargs = NonNullable<Parameters<layers.Layer['call']>[1]>;
/** The inputs and outputs of tfjs's layers, as its types have them. */
type Applied = ReturnType<layers.Layer['apply']>;

/** Arguments of {@link FDM}: its options, and what every layer takes (`name`, …). */
export type FDMArgs = FDMOptions & ConstructorParameters<typeof layers.Layer>[0];

/**
 * Feature diversification module: see {@link diversify} for what it computes.
 *
 * Input: a list of at least two maps, float32 [B,H,W,C] or [B,S,C] each, of any size and of one B
 * and C. Output: a list of as many maps of the same shapes. No weights.
 *
 * @throws RangeError when it is applied to maps that do not fit
 */
export class FDM extends layers.Layer {
  /** The name under which a saved model knows the layer. */
  static readonly className = 'FbsdFDM';
  /** Weight of the diversification. */
  readonly gamma: number;
  /** Factor on what one map gives to another. */
  readonly scale: number;
  readonly #once = new OncePerExecution();

  constructor(args: FDMArgs = {}) {
    const { gamma, scale } = checkOptions('FDM', args, LAYER_OPTIONS);
    super(args);
    this.gamma = gamma;
    this.scale = scale;
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape); // refuses what does not fit
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape[] {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    checkMaps('FDM', shapes);
    return shapes;
  }

  /**
   * Applies the layer to a list of maps.
   *
   * @returns as many maps, in the same order, a tuple for a tuple; symbolic for symbolic ones, else tensors
   */
  override apply<const Maps extends readonly SymbolicTensor[]>(
    inputs: Maps,
    kwargs?: Kwargs,
  ): { -readonly [Index in keyof Maps]: SymbolicTensor };
  override apply<const Maps extends readonly Tensor[]>(
    inputs: Maps,
    kwargs?: Kwargs,
  ): { -readonly [Index in keyof Maps]: Tensor };
  override apply(inputs: Applied, kwargs?: Kwargs): Tensor[] | SymbolicTensor[];
  override apply(
    inputs: Applied | readonly SymbolicTensor[] | readonly Tensor[],
    kwargs?: Kwargs,
  ): Tensor[] | SymbolicTensor[] {
    return super.apply(inputs as Applied, kwargs) as Tensor[] | SymbolicTensor[];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor[] {
    const maps = Array.isArray(inputs) ? inputs : [inputs];
    const { gamma, scale } = this;
    return this.#once.run(maps, kwargs, () => diversify(maps, { gamma, scale }));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), gamma: this.gamma, scale: this.scale };
  }
}

/** Makes an {@link FDM} layer: `fdm({gamma: 1}).apply([a1, a2, a3])`, n maps in, n maps out. */
export function fdm(args: FDMArgs = {}): FDM {
  return new FDM(args);
}
