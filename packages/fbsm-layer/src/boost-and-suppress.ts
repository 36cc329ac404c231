import {
  customGrad,
  type GradSaveFunc,
  keep,
  mul,
  reshape,
  scalar,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { fallback, suppression } from './fallback.ts';
import { firstOrder } from './first-order.ts';
import { fused } from './fused.ts';
import type { ResolvedOptions } from './options.ts';
import type { Gradients, Results, Upstream, Weights } from './passes.ts';
import { hasFusedKernel } from './run-fused-kernel.ts';
import { Strips } from './strips.ts';
import { isShared } from './whole-batch.ts';

/**
 * The boosted and the suppressed map, with one gradient for both.
 *
 * An op with a custom gradient has one output. So x and the weights make a token, of which the maps are
 * ops: these pass their gradients on as they are, and that of the token has both at hand, or the one of a
 * network that uses one map, which does not pay for the other. It reads x once for everything.
 */
export function boostAndSuppress(x: Tensor4D, weights: Weights, options: ResolvedOptions): Results {
  // A fused kernel sees the share of one process alone.
  const alone = !(options.training && isShared());
  const { forward, backward } =
    alone && hasFusedKernel('FbsdFeatureBoostSuppress') ? fused : fallback;
  const { kernel, bias, gamma, beta } = weights;
  let results = {} as Results;
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
        return firstOrder('[@fbsd/fbsm] featureBoostSuppress', gradients);
      },
    };
  });
  const token = source(x, kernel, bias, gamma, beta);

  const map = (name: keyof Upstream): Tensor4D => {
    const op = customGrad(() => ({
      value: moveToScope(results[name]),
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
    boosted,
    suppressed,
    probabilities: moveToScope(results.probabilities),
    ...(mean && variance && { mean: moveToScope(mean), variance: moveToScope(variance) }),
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

/** Moves a kept tensor to the surrounding scope, whose end disposes it. */
function moveToScope<T extends Tensor>(kept: T): T {
  const tensor = alias(kept);
  kept.dispose();
  return tensor;
}

/** A tensor of the same data, which no backend copies. */
function alias<T extends Tensor>(tensor: T): T {
  return reshape(tensor, tensor.shape) as Tensor as T;
}
