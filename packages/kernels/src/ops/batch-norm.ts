import {
  customGrad,
  type GradSaveFunc,
  keep,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { checkKnown } from '../registry/known-options.ts';
import { backward, forward, normalize, normalizeBackward } from './batch-norm-kernels.ts';
import { moveToScope } from './move-to-scope.ts';

const DEFAULTS = { epsilon: 1e-5, relu: false } as const;
const OPTIONS = ['epsilon', 'relu', 'residual'];

/** Options of {@link batchNorm} and {@link batchNormInference}. */
export interface BatchNormOptions<T extends Tensor = Tensor> {
  /** Added to the variance before the square root. @default 1e-5 */
  epsilon?: number;
  /** Whether to end with max(0, ·). @default false */
  relu?: boolean;
  /** Added before the ReLU; of x's shape. @default none */
  residual?: T;
}

/** The outputs of {@link batchNorm}. */
export interface BatchNormOutputs<T extends Tensor = Tensor> {
  /** The normalised x, of x's shape. */
  y: T;
  /** Mean of the batch, [C]; carries no gradient. */
  mean: Tensor1D;
  /** Biased variance of the batch (divided by n), [C]; carries no gradient. */
  variance: Tensor1D;
  /** n: how many values of each channel the statistics were taken over, in all processes that share the batch. */
  count: number;
}

/**
 * Batch normalisation with the statistics of the batch, as in training, with an optional residual
 * and ReLU in the same op:
 *
 * y = [relu](γ·(x − mean)/√(variance + ε) + β [+ residual])
 *
 * Mean and variance are taken over all axes but the last. The gradient for x, γ, β and residual is
 * derived by hand (docs/derivations/batch-norm.md) and keeps x, and y if there is a ReLU, on the
 * tape.
 *
 * @param x float32 [..., C], rank ≥ 2
 * @param gamma float32 [C]
 * @param beta float32 [C]
 * @throws TypeError if a shape or dtype does not fit
 * @see Ioffe and Szegedy 2015, "Batch Normalization", arXiv 1502.03167
 */
export function batchNorm<T extends Tensor>(
  x: T,
  gamma: Tensor1D,
  beta: Tensor1D,
  options: BatchNormOptions<T> = {},
): BatchNormOutputs<T> {
  checkKnown('[@fbsd/kernels] batchNorm', options, OPTIONS);
  const { epsilon = DEFAULTS.epsilon, relu = DEFAULTS.relu, residual } = options;
  check('batchNorm', x, { gamma, beta }, residual, epsilon);
  let statistics: Tensor1D[] = [];
  let values = 0;
  const op = customGrad((...args: (Tensor | GradSaveFunc)[]) => {
    const save = args.pop() as GradSaveFunc;
    const [x, gamma, beta, residual] = args as [Tensor, Tensor1D, Tensor1D, Tensor?];
    const options = { epsilon, relu };
    const { y, mean, variance, count, reserved } = forward(x, gamma, beta, residual, options);
    statistics = [keep(mean), keep(variance)];
    values = count;
    save([x, mean, variance, gamma, ...(relu ? [y] : []), ...reserved]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, mean, variance, gamma, ...rest] = saved as SavedForBackward;
        const y = relu ? rest.shift() : undefined;
        const attrs = { epsilon, residual: residual !== undefined };
        const gradient = backward(dy, x, mean, variance, gamma, y, attrs, rest);
        const gradients: Tensor[] = [gradient.x, gradient.gamma, gradient.beta];
        return gradient.residual ? [...gradients, gradient.residual] : gradients;
      },
    };
  });
  const y = (residual ? op(x, gamma, beta, residual) : op(x, gamma, beta)) as T;
  const [mean, variance] = statistics.map(moveToScope) as [Tensor1D, Tensor1D];
  return { y, mean, variance, count: values };
}

/** x, mean, variance, γ, y if it went through a ReLU, and what the forward pass reserved. */
type SavedForBackward = [Tensor, Tensor1D, Tensor1D, Tensor1D, ...Tensor[]];

/**
 * Batch normalisation with given statistics, as in evaluation:
 *
 * y = [relu](γ·(x − mean)/√(variance + ε) + β [+ residual])
 *
 * @param x float32 [..., C], rank ≥ 2
 * @param mean float32 [C]
 * @param variance float32 [C]
 * @param gamma float32 [C]
 * @param beta float32 [C]
 * @returns of x's shape; has a gradient for every input
 * @throws TypeError if a shape or dtype does not fit
 */
export function batchNormInference<T extends Tensor>(
  x: T,
  mean: Tensor1D,
  variance: Tensor1D,
  gamma: Tensor1D,
  beta: Tensor1D,
  options: BatchNormOptions<T> = {},
): T {
  checkKnown('[@fbsd/kernels] batchNormInference', options, OPTIONS);
  const { epsilon = DEFAULTS.epsilon, relu = DEFAULTS.relu, residual } = options;
  check('batchNormInference', x, { mean, variance, gamma, beta }, residual, epsilon);
  const op = customGrad((...args: (Tensor | GradSaveFunc)[]) => {
    const save = args.pop() as GradSaveFunc;
    const inputs = args as [Tensor, Tensor1D, Tensor1D, Tensor1D, Tensor1D, Tensor?];
    const [x, mean, variance, gamma, beta, residual] = inputs;
    const y = normalize(x, mean, variance, gamma, beta, residual, { epsilon, relu });
    save(relu ? [x, mean, variance, gamma, y] : [x, mean, variance, gamma]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, mean, variance, gamma, y] = saved as SavedForBackward;
        const attrs = { epsilon, residual: residual !== undefined };
        return normalizeBackward(dy, x, mean, variance, gamma, y, attrs);
      },
    };
  });
  return op(x, mean, variance, gamma, beta, ...(residual ? [residual] : [])) as T;
}

function check(
  op: string,
  x: Tensor,
  vectors: Record<string, Tensor>,
  residual: Tensor | undefined,
  epsilon: number,
): void {
  const channels = x.shape.at(-1) as number;
  if (x.rank < 2 || x.dtype !== 'float32') {
    throw new TypeError(
      `[@fbsd/kernels] ${op}: x must be float32 of rank 2 or more, [..., C]; got ${x.dtype} [${x.shape}].`,
    );
  }
  for (const [name, vector] of Object.entries(vectors)) {
    if (vector.rank !== 1 || vector.shape[0] !== channels || vector.dtype !== 'float32') {
      throw new TypeError(
        `[@fbsd/kernels] ${op}: ${name} must be float32 [${channels}], one value for each channel of x [${x.shape}]; ` +
          `got ${vector.dtype} [${vector.shape}].`,
      );
    }
  }
  if (residual && (residual.shape.join() !== x.shape.join() || residual.dtype !== 'float32')) {
    throw new TypeError(
      `[@fbsd/kernels] ${op}: residual must be float32 of x's shape [${x.shape}]; got ${residual.dtype} [${residual.shape}].`,
    );
  }
  if (!(epsilon >= 0)) {
    throw new RangeError(`[@fbsd/kernels] ${op}: epsilon must be 0 or more; got ${epsilon}.`);
  }
}
