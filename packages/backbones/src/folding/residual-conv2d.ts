import { residualConv2d } from '@fbsd/kernels';
import type { serialization, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';

/** What a `ResidualConv2D` has in a model's configuration: as tfjs's Conv2D. */
export interface ResidualConv2DArgs {
  name?: string;
  trainable?: boolean;
  filters: number;
  kernelSize: number[];
  strides: number[];
  padding: 'same' | 'valid';
  dilationRate: number[];
  activation: 'linear' | 'relu';
}

/**
 * The convolution that ends a residual block, in a model for inference: y = act(x ∗ kernel + bias + residual), see
 * `residualConv2d` of `@fbsd/kernels`. `foldBatchNorms` makes it.
 *
 * Input: [x, residual], [B,H,W,C] and the shape of the output. Output: [B,H',W',filters].
 * Weights: kernel [h,w,C,filters], bias [filters].
 */
export class ResidualConv2D extends layers.Layer {
  /** The name under which a saved model knows the layer. */
  static className = 'FbsdResidualConv2D';

  private readonly args: Omit<ResidualConv2DArgs, 'name' | 'trainable'>;
  private kernel!: LayerVariable;
  private bias!: LayerVariable;

  constructor(args: ResidualConv2DArgs) {
    super(args);
    const { filters, kernelSize, strides, padding, dilationRate, activation } = args;
    this.args = { filters, kernelSize, strides, padding, dilationRate, activation };
  }

  override build([x]: Shape[]): void {
    const { filters, kernelSize } = this.args;
    const shape = [...kernelSize, x?.at(-1) as number, filters];
    const add = (name: string, shape: number[]) =>
      this.addWeight(name, shape, 'float32', initializers.zeros());
    this.kernel = add('kernel', shape);
    this.bias = add('bias', [filters]);
    this.built = true;
  }

  override call([x, residual]: Tensor4D[]): Tensor4D {
    const { strides, padding, dilationRate, activation } = this.args;
    const [kernel, bias] = [this.kernel.read() as Tensor4D, this.bias.read() as Tensor1D];
    return residualConv2d(x as Tensor4D, kernel, bias, residual as Tensor4D, {
      strides: strides as [number, number],
      pad: padding,
      dilations: dilationRate as [number, number],
      relu: activation === 'relu',
    });
  }

  override computeOutputShape([, residual]: Shape[]): Shape {
    return residual as Shape;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}
