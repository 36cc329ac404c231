import {
  add,
  mean as average,
  clone,
  mul,
  neg,
  relu as rectify,
  reshape,
  rsqrt,
  squaredDifference,
  stack,
  step,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';
import { firstOrder } from './first-order.ts';

/* Batch normalisation made of stock ops: the reference for the kernels, and the fallback where there are none. */

/** The gradient of batch normalisation for each of its inputs. */
export interface BatchNormGradient {
  x: Tensor;
  gamma: Tensor1D;
  beta: Tensor1D;
  /** The gradient of the residual, if there is one. */
  residual?: Tensor;
}

/** Mean and biased variance over all axes but the last: two rows, [2,C]. */
export function moments(x: Tensor): Tensor {
  return tidy(() => {
    const rows = toRows(x); // [n,C]
    const mean = average(rows, 0);
    return stack([mean, average(squaredDifference(rows, mean), 0)]);
  });
}

/** [relu](γ·(x − mean)/√(variance + ε) + β [+ residual]), of x's shape. */
export function normalize(
  x: Tensor,
  mean: Tensor1D,
  variance: Tensor1D,
  gamma: Tensor1D,
  beta: Tensor1D,
  residual: Tensor | undefined,
  { epsilon, relu }: { epsilon: number; relu: boolean },
): Tensor {
  return tidy(() => {
    const scale = mul(gamma, rsqrt(add(variance, epsilon))); // [C]
    const normalized = add(mul(x, scale), sub(beta, mul(mean, scale)));
    const sum = residual ? add(normalized, residual) : normalized;
    return relu ? rectify(sum) : sum;
  });
}

/**
 * The gradient of {@link normalize} with the moments of x itself; docs/derivations/batch-norm.md derives it and uses its names.
 *
 * @param y the output if it went through a ReLU, whose mask is the sign of y
 */
export function backward(
  dy: Tensor,
  x: Tensor,
  mean: Tensor1D,
  variance: Tensor1D,
  gamma: Tensor1D,
  y: Tensor | undefined,
  { epsilon, residual }: { epsilon: number; residual: boolean },
): BatchNormGradient {
  return tidy(() => {
    const rows = toRows(x); // [n,C]
    const n = rows.shape[0] as number;
    const g = y ? mul(dy, step(y)) : clone(dy);
    const gRows = toRows(g);
    const s = rsqrt(add(variance, epsilon)); // 1/σ
    const k = mul(gamma, s);
    const p = average(gRows, 0);
    const q = tidy(() => average(mul(gRows, sub(rows, mean)), 0));
    const b = neg(mul(mul(k, q), mul(s, s)));
    const d = neg(add(mul(k, p), mul(b, mean)));
    const dx = tidy(() => add(add(mul(gRows, k), mul(rows, b)), d));
    const gradients = [
      reshape(dx, x.shape),
      mul(mul(s, q), n),
      mul(p, n),
      ...(residual ? [g] : []),
    ];
    // Mean and variance are of x, which the tape does not know.
    const [ofX, ofGamma, ofBeta, ofResidual] = firstOrder('[@fbsd/kernels] batchNorm', gradients);
    return {
      x: ofX as Tensor,
      gamma: ofGamma as Tensor1D,
      beta: ofBeta as Tensor1D,
      ...(ofResidual && { residual: ofResidual }),
    };
  });
}

/**
 * The gradient of {@link normalize} with given statistics, which are inputs like the others.
 *
 * @param y the output if it went through a ReLU
 * @returns the gradients of x, mean, variance, γ, β and, if there is one, the residual
 */
export function normalizeBackward(
  dy: Tensor,
  x: Tensor,
  mean: Tensor1D,
  variance: Tensor1D,
  gamma: Tensor1D,
  y: Tensor | undefined,
  { epsilon, residual }: { epsilon: number; residual: boolean },
): Tensor[] {
  return tidy(() => {
    const g = y ? mul(dy, step(y)) : clone(dy);
    const rows = toRows(g); // [n,C]
    const s = rsqrt(add(variance, epsilon));
    const k = mul(gamma, s);
    const sums = sum(rows, 0); // Σ g
    const products = tidy(() => sum(mul(rows, sub(toRows(x), mean)), 0)); // Σ g·(x − m)
    const dvariance = mul(mul(k, mul(s, s)), mul(products, -0.5));
    const gradients = [mul(g, k), neg(mul(k, sums)), dvariance, mul(s, products), sums];
    return residual ? [...gradients, g] : gradients;
  });
}

/** [..., C] → [n,C] */
function toRows(x: Tensor): Tensor {
  return reshape(x, [-1, x.shape.at(-1) as number]);
}
