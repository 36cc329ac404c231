import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { ResolvedOptions } from './options.ts';

/** The weights; the moving statistics in evaluation. */
export type Weights = Record<'kernel' | 'bias' | 'gamma' | 'beta', Tensor> &
  Partial<Record<'movingMean' | 'movingVariance', Tensor>>;

/** The results of the forward pass. */
export type Results = {
  boosted: Tensor4D;
  suppressed: Tensor4D;
  probabilities: Tensor2D;
  /** In training. */
  mean?: Tensor1D;
  variance?: Tensor1D;
};

/** The gradients of the two maps, of those that are used. */
export type Upstream = Partial<Record<'boosted' | 'suppressed', Tensor4D | undefined>>;

/** Of x, kernel, bias, gamma and beta. */
export type Gradients = [x: Tensor, kernel: Tensor, bias: Tensor, gamma: Tensor, beta: Tensor];

/** A way to compute both passes, none of it recorded for a gradient. */
export interface Passes {
  /** `saved`: the tensors that `backward` needs besides x and the weights, probabilities first. */
  forward(
    x: Tensor4D,
    weights: Weights,
    options: ResolvedOptions,
  ): Results & { saved: readonly Tensor[] };
  backward(
    upstream: Upstream & { boosted: Tensor4D },
    x: Tensor4D,
    weights: Weights,
    saved: readonly Tensor[],
    options: ResolvedOptions,
  ): Gradients;
}
