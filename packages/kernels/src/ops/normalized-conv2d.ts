import {
  customGrad,
  dispose,
  type GradSaveFunc,
  keep,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkKnown } from '../registry/known-options.ts';
import { backward, forward, normalize, normalizeBackward } from './batch-norm-kernels.ts';
import { moveToScope } from './move-to-scope.ts';
import { checkNormalizedConv2d } from './normalized-conv2d-check.ts';
import {
  apart,
  consumed,
  convolve,
  convolveGradient,
  together,
} from './normalized-conv2d-steps.ts';

const DEFAULTS = { epsilon: 1e-5 } as const;

/** The options of {@link normalizedConv2d}. */
export interface NormalizedConv2dOptions {
  /** Added to the variance before the square root. @default 1e-5 */
  epsilon?: number;
}

/** The outputs of {@link normalizedConv2d}. */
export interface NormalizedConv2dOutputs {
  /** The convolution's output, [B,H,W,filters]. */
  y: Tensor4D;
  /** Mean of each channel over the batch, [C]; carries no gradient. */
  mean: Tensor1D;
  /** Biased variance of the batch (divided by n), [C]; carries no gradient. */
  variance: Tensor1D;
  /** n: how many values of each channel the statistics were taken over, in all processes that share the batch. */
  count: number;
}

/**
 * The beginning of a layer of a dense block as one op: the maps side by side, batch normalisation
 * with the statistics of the batch, ReLU, and a convolution without bias:
 *
 * y = filter ∗ max(0, γ·(x − mean)/√(variance + ε) + β), x = [x₁, x₂, …]
 *
 * The convolution has stride 1 and pads with zeros to the size of the maps. Of full size, **only the
 * maps** are kept for the backward pass, which puts them together and normalises them again: a block
 * whose layers read all maps before them holds each map once, not once for each layer. The gradient
 * (docs/derivations/normalized-conv2d.md) is of first order.
 *
 * @param maps x₁, x₂, …: one or more, float32 [B,H,W,C₁], [B,H,W,C₂], …
 * @param gamma float32 [C], C = C₁ + C₂ + …
 * @param beta float32 [C]
 * @param filter float32 [h,w,C,filters], h and w odd
 * @throws TypeError if a shape or dtype does not fit, RangeError for a negative epsilon
 * @see Pleiss et al. 2017, "Memory-Efficient Implementation of DenseNets", arXiv 1707.06990
 */
export function normalizedConv2d(
  maps: readonly Tensor4D[],
  gamma: Tensor1D,
  beta: Tensor1D,
  filter: Tensor4D,
  options: NormalizedConv2dOptions = {},
): NormalizedConv2dOutputs {
  checkKnown('[@fbsd/kernels] normalizedConv2d', options, Object.keys(DEFAULTS));
  const { epsilon = DEFAULTS.epsilon } = options;
  checkNormalizedConv2d('normalizedConv2d', maps, { gamma, beta }, filter, epsilon);
  const count = maps.length;
  let statistics: Tensor1D[] = [];
  let values = 0;
  const op = customGrad((...args: (Tensor | GradSaveFunc)[]) => {
    const save = args.pop() as GradSaveFunc;
    const inputs = args as Tensor[];
    const [gamma, beta, filter] = inputs.slice(count) as [Tensor1D, Tensor1D, Tensor4D];
    const normalized = consumed(together(inputs.slice(0, count)), (x) =>
      forward(x, gamma, beta, undefined, { epsilon, relu: true }),
    );
    const { y, mean, variance, reserved } = normalized;
    statistics = [keep(mean), keep(variance)];
    values = normalized.count;
    save([...inputs, mean, variance, ...reserved]);
    return {
      value: consumed(y, (y) => convolve(y, filter)),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const rest = saved.slice(count);
          const [gamma, beta, filter, mean, variance, ...reserved] = rest as SavedForBackward;
          const x = together(saved.slice(0, count));
          const z = normalize(x, mean, variance, gamma, beta, undefined, { epsilon, relu: true });
          const [dz, dFilter] = convolveGradient(z, filter, dy);
          const attrs = { epsilon, residual: false };
          const d = backward(dz, x, mean, variance, gamma, z, attrs, reserved);
          dispose([x, z, dz]);
          return [...apart(d.x, maps), d.gamma, d.beta, dFilter];
        }),
    };
  });
  const y = op(...maps, gamma, beta, filter) as Tensor4D;
  const [mean, variance] = statistics.map(moveToScope) as [Tensor1D, Tensor1D];
  return { y, mean, variance, count: values };
}

/** γ, β, filter, mean, variance, and what the forward pass reserved. */
type SavedForBackward = [Tensor1D, Tensor1D, Tensor4D, Tensor1D, Tensor1D, ...Tensor[]];

/**
 * {@link normalizedConv2d} with given statistics, as in evaluation:
 *
 * y = filter ∗ max(0, γ·(x − mean)/√(variance + ε) + β), x = [x₁, x₂, …]
 *
 * @param mean float32 [C]
 * @param variance float32 [C]
 * @returns [B,H,W,filters]; has a gradient for every input, for which only the inputs are kept
 * @throws TypeError if a shape or dtype does not fit, RangeError for a negative epsilon
 */
export function normalizedConv2dInference(
  maps: readonly Tensor4D[],
  mean: Tensor1D,
  variance: Tensor1D,
  gamma: Tensor1D,
  beta: Tensor1D,
  filter: Tensor4D,
  options: NormalizedConv2dOptions = {},
): Tensor4D {
  checkKnown('[@fbsd/kernels] normalizedConv2dInference', options, Object.keys(DEFAULTS));
  const { epsilon = DEFAULTS.epsilon } = options;
  const vectors = { mean, variance, gamma, beta };
  checkNormalizedConv2d('normalizedConv2dInference', maps, vectors, filter, epsilon);
  const count = maps.length;
  const op = customGrad((...args: (Tensor | GradSaveFunc)[]) => {
    const save = args.pop() as GradSaveFunc;
    const inputs = args as Tensor[];
    const [mean, variance, gamma, beta, filter] = inputs.slice(count) as GivenStatistics;
    const z = consumed(together(inputs.slice(0, count)), (x) =>
      normalize(x, mean, variance, gamma, beta, undefined, { epsilon, relu: true }),
    );
    save(inputs);
    return {
      value: consumed(z, (z) => convolve(z, filter)),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [mean, variance, gamma, beta, filter] = saved.slice(count) as GivenStatistics;
          const x = together(saved.slice(0, count));
          const z = normalize(x, mean, variance, gamma, beta, undefined, { epsilon, relu: true });
          const [dz, dFilter] = convolveGradient(z, filter, dy);
          const attrs = { epsilon, residual: false };
          const d = normalizeBackward(dz, x, mean, variance, gamma, z, attrs);
          dispose([x, z, dz]);
          const [dx, ...dVectors] = d as [Tensor, ...Tensor[]];
          return [...apart(dx, maps), ...dVectors, dFilter];
        }),
    };
  });
  return op(...maps, mean, variance, gamma, beta, filter) as Tensor4D;
}

type GivenStatistics = [Tensor1D, Tensor1D, Tensor1D, Tensor1D, Tensor4D];
