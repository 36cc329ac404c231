import {
  customGrad,
  type GradSaveFunc,
  keep,
  mul,
  reshape,
  scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { composed, suppression } from './composed.ts';
import { ownGating } from './kernels.ts';
import type { ResolvedOptions } from './options.ts';
import { Strips } from './strips.ts';

/** The weights; the moving statistics in evaluation. */
export type Weights = Record<'kernel' | 'bias' | 'gamma' | 'beta', Tensor> &
  Partial<Record<'movingMean' | 'movingVariance', Tensor>>;

/** What is computed, none of it recorded for a gradient. */
export type Gated = {
  boosted: Tensor4D;
  suppressed: Tensor4D;
  probabilities: Tensor2D;
  /** In training. */
  mean?: Tensor1D;
  variance?: Tensor1D;
};

/** The gradients of the two maps, of those that are used. */
type Upstream = Partial<Record<'boosted' | 'suppressed', Tensor4D | undefined>>;

/** Of x, kernel, bias, gamma and beta. */
export type Gradients = [x: Tensor, kernel: Tensor, bias: Tensor, gamma: Tensor, beta: Tensor];

/** A way to compute both passes. */
export interface Gating {
  /** `saved`: what `backward` needs besides x and the weights, probabilities first. */
  forward(
    x: Tensor4D,
    weights: Weights,
    options: ResolvedOptions,
  ): Gated & { saved: readonly Tensor[] };
  backward(
    upstream: Upstream & { boosted: Tensor4D },
    x: Tensor4D,
    weights: Weights,
    saved: readonly Tensor[],
    options: ResolvedOptions,
  ): Gradients;
}

/**
 * The boosted and the suppressed map, with one gradient for both.
 *
 * An op with a custom gradient has one output. So x and the weights make a token, of which the maps are
 * ops: these pass their gradients on as they are, and that of the token has both at hand, or the one of a
 * network that uses one map, which does not pay for the other. It reads x once for everything.
 */
export function gate(x: Tensor4D, weights: Weights, options: ResolvedOptions): Gated {
  const { forward, backward } = ownGating() ?? composed;
  const { kernel, bias, gamma, beta } = weights;
  let results = {} as Gated;
  let upstream: Upstream = {};

  const source = customGrad((...args) => {
    const { saved, ...computed } = forward(x, weights, options);
    results = computed;
    for (const tensor of Object.values(results)) keep(tensor);
    (args.at(-1) as GradSaveFunc)([x, kernel, bias, gamma, beta, ...saved]);
    return {
      value: scalar(0),
      gradFunc: (_: Tensor, tensors: Tensor[]) => {
        const [x, kernel, bias, gamma, beta, ...saved] = tensors as Saved;
        const { boosted, suppressed } = upstream;
        upstream = {};
        const gradients = boosted
          ? backward({ boosted, suppressed }, x, { kernel, bias, gamma, beta }, saved, options)
          : ofSuppressed(suppressed as Tensor4D, tensors as Saved, options);
        for (const dy of [boosted, suppressed]) dy?.dispose();
        return gradients;
      },
    };
  });
  const token = source(x, kernel, bias, gamma, beta);

  const map = (name: keyof Upstream): Tensor4D => {
    const op = customGrad(() => ({
      value: handOver(results[name]),
      gradFunc: (dy: Tensor) => {
        // Its data, since dy itself may be gone before it is read.
        upstream[name] = keep(alias(dy as Tensor4D));
        return scalar(0);
      },
    }));
    return op(token) as Tensor4D;
  };
  const [boosted, suppressed] = [map('boosted'), map('suppressed')];
  const { mean, variance } = results;
  return {
    ...{ boosted, suppressed, probabilities: handOver(results.probabilities) },
    ...(mean && variance && { mean: handOver(mean), variance: handOver(variance) }),
  };
}

type Saved = [
  x: Tensor4D,
  kernel: Tensor,
  bias: Tensor,
  gamma: Tensor,
  beta: Tensor,
  probabilities: Tensor2D,
  ...rest: Tensor[],
];

/** The gradients where the boosted map is not used: the choice of the strip carries none to the weights. */
function ofSuppressed(
  dSuppressed: Tensor4D,
  [x, kernel, bias, gamma, beta, probabilities]: Saved,
  options: ResolvedOptions,
): Gradients {
  const dX = tidy(() => {
    const factor = suppression(probabilities, new Strips(x, options), options);
    return mul(dSuppressed, factor);
  });
  return [dX, zerosLike(kernel), zerosLike(bias), zerosLike(gamma), zerosLike(beta)];
}

/** Makes a kept tensor belong to the surrounding scope. */
function handOver<T extends Tensor>(kept: T): T {
  const tensor = alias(kept);
  kept.dispose();
  return tensor;
}

/** A tensor of the same data, which no backend copies. */
function alias<T extends Tensor>(tensor: T): T {
  return reshape(tensor, tensor.shape) as Tensor as T;
}
