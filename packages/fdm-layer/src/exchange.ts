import {
  add,
  addN,
  div,
  exp,
  matMul,
  mul,
  neg,
  sub,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Directed } from './direction.ts';
import { consume, swap, timesTransposed, transposedTimes } from './matrices.ts';

/**
 * Computes the features that two maps a [B,S,C] and b [B,M,C] give to each other: [intoA, intoB], of the shapes of
 * a and b.
 *
 * intoA[s] = factor · Σ_m softmax_m(A)[s,m]·b[m], intoB[m] = factor · Σ_s softmax_s(A)[s,m]·a[s],
 * where A = −(a/‖a‖)·(b/‖b‖)ᵀ. One E = exp(A) serves both, and its sums divide it.
 */
export function exchange(a: Directed, b: Directed, factor: number): [Tensor, Tensor] {
  return tidy(() => {
    const e = consume(timesTransposed(a.x, b.x), (products) => similarity(products, a, b));
    const intoA = consume(mul(e, div(factor, sum(e, 2, true))), (x) => matMul(x, b.x));
    const intoB = consume(mul(e, div(factor, sum(e, 1, true))), (x) => transposedTimes(x, a.x));
    return [intoA, intoB] as [Tensor, Tensor];
  });
}

/**
 * Backward of {@link exchange}: [da, db] from the gradients of intoA [B,S,C] and intoB [B,M,C].
 *
 * The names are those of the derivation, docs/derivations/fdm.md. E is computed anew.
 */
export function exchangeGradient(
  a: Directed,
  b: Directed,
  dIntoA: Tensor,
  dIntoB: Tensor,
  factor: number,
): [Tensor, Tensor] {
  return tidy(() => {
    const products = timesTransposed(a.x, b.x); // [S,C]·[C,M] → [S,M]
    const e = similarity(products, a, b);
    const r = sum(e, 2, true); // [S,1]
    const c = sum(e, 1, true); // [1,M]
    const intoA = mul(e, div(factor, r)); // what a averages b with
    const intoB = mul(e, div(factor, c));
    const valueA = matMul(intoB, dIntoB); // [S,M]·[M,C] → [S,C]
    const valueB = transposedTimes(intoA, dIntoA); // [M,S]·[S,C] → [M,C]

    // E∘t in its two parts, and what the sums of E take back.
    const ofA = consume(timesTransposed(dIntoA, b.x), (t) => consume(intoA, (x) => mul(x, t)));
    const ofB = consume(timesTransposed(a.x, dIntoB), (t) => consume(intoB, (x) => mul(x, t)));
    const back = add(div(sum(ofA, 2, true), r), div(sum(ofB, 1, true), c)); // v + u
    const dA = consume(
      consume(back, (x) => consume(e, (y) => mul(x, y))),
      (x) =>
        consume(
          consume(ofA, (y) => consume(ofB, (z) => add(y, z))),
          (y) => sub(y, x),
        ),
    );
    const d = consume(dA, (x) => scaled(x, a, b)); // the gradient of the products
    const taken = consume(products, (x) => mul(x, d));
    return [
      addN([valueA, matMul(d, b.x), radialPart(a, sum(taken, 2, true))]),
      addN([valueB, transposedTimes(d, a.x), radialPart(b, swap(sum(taken, 1, true)))]),
    ] as [Tensor, Tensor];
  });
}

/** E = exp(−(a/‖a‖)·(b/‖b‖)ᵀ) [B,S,M]. No maximum to subtract: the exponent lies in [−1,1]. */
function similarity(products: Tensor, a: Directed, b: Directed): Tensor {
  return tidy(() => exp(scaled(products, a, b)));
}

/** −x/(‖a‖·‖b‖ᵀ) for x [B,S,M]. */
function scaled(x: Tensor, a: Directed, b: Directed): Tensor {
  return tidy(() => mul(mul(x, neg(a.inverse)), swap(b.inverse)));
}

/** The part of the gradient that goes through the norm of x: −κ·x/‖x‖², κ [B,S,1]. */
function radialPart({ x, radial }: Directed, kappa: Tensor): Tensor {
  return tidy(() => mul(x, mul(kappa, neg(radial))));
}
