import { add, mul, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { runOwnKernel } from './own-kernel.ts';

const DEFAULTS = { momentum: 0, weightDecay: 0 } as const;

/** Options of {@link sgdStep}. */
export interface SgdOptions {
  /** Factor of the step. */
  learningRate: number;
  /** How much of the velocity is kept from step to step. @default 0 */
  momentum?: number;
  /** Factor of the L2 penalty's gradient. @default 0 */
  weightDecay?: number;
}

/** A weight and the running sum of its gradients. */
export interface SgdState<T extends Tensor = Tensor> {
  /** The weight. */
  weight: T;
  /** The running sum, decayed by the momentum at every step. */
  velocity: T;
}

/**
 * One step of stochastic gradient descent as PyTorch defines it:
 *
 * v ← momentum·v + gradient + weightDecay·w;  w ← w − learningRate·v
 *
 * All three tensors are float32 of one shape; none of them is changed or disposed, and both results
 * are new tensors. Start with a velocity of zeros. The step itself carries no gradient.
 *
 * ```ts
 * const next = sgdStep(w, v, gradient, { learningRate: 0.002, momentum: 0.9, weightDecay: 5e-4 });
 * w.assign(next.weight);
 * v.assign(next.velocity);
 * dispose([next.weight, next.velocity]);
 * ```
 *
 * @throws TypeError if the shapes differ
 */
export function sgdStep<T extends Tensor>(
  weight: T,
  velocity: T,
  gradient: T,
  { learningRate, momentum = DEFAULTS.momentum, weightDecay = DEFAULTS.weightDecay }: SgdOptions,
): SgdState<T> {
  for (const [name, other] of Object.entries({ velocity, gradient })) {
    if (other.shape.join() !== weight.shape.join()) {
      throw new TypeError(
        `[@fbsd/kernels] sgdStep: ${name} must have the shape of the weight, [${weight.shape}]; got [${other.shape}].`,
      );
    }
  }
  const own = runOwnKernel(
    'FbsdSgd',
    { weight, velocity, gradient },
    { learningRate, momentum, weightDecay },
  );
  if (own) return { weight: own[0] as T, velocity: own[1] as T };
  return tidy(() => {
    const decayed = weightDecay === 0 ? gradient : add(gradient, mul(weight, weightDecay));
    const next = add(mul(velocity, momentum), decayed) as T;
    return { weight: sub(weight, mul(next, learningRate)) as T, velocity: next };
  });
}
