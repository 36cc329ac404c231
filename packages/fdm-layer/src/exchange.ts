import {
  add,
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
import { type Directed, throughDirection } from './direction.ts';
import { consume, matMulTransposed, rowDot, swap } from './matrices.ts';

/**
 * What two maps a [B,S,C] and b [B,M,C] give to each other: [intoA, intoB], of the shapes of a and b.
 *
 * intoA[s] = factor · Σ_m softmax_m(A)[s,m]·b[m], intoB[m] = factor · Σ_s softmax_s(A)[s,m]·a[s],
 * where A = −(a/‖a‖)·(b/‖b‖)ᵀ. One E = exp(A) serves both, and its sums divide the products.
 */
export function exchange(a: Directed, b: Directed, factor: number): [Tensor, Tensor] {
  return tidy(() => {
    const e = similarity(a, b);
    const intoA = matMul(e, b.x); // [S,M]·[M,C] → [S,C]
    const intoB = matMulTransposed(e, a.x); // [M,S]·[S,C] → [M,C]
    return [
      mul(intoA, div(factor, sum(e, 2, true))),
      mul(intoB, div(factor, swap(sum(e, 1, true)))),
    ] as [Tensor, Tensor];
  });
}

/**
 * Backward of {@link exchange}: [da, db] from the gradients of intoA [B,S,C] and intoB [B,M,C].
 *
 * The names are those of the derivation, docs/derivations/fdm.md.
 */
export function exchangeGradient(
  a: Directed,
  b: Directed,
  dIntoA: Tensor,
  dIntoB: Tensor,
  factor: number,
): [Tensor, Tensor] {
  return tidy(() => {
    const [valueA, valueB, d] = productGradient(a, b, dIntoA, dIntoB, factor);
    const directionA = matMul(d, mul(b.x, neg(b.inverse))); // [S,M]·[M,C] → [S,C]
    const directionB = mul(matMulTransposed(d, a.x), neg(b.inverse)); // [M,S]·[S,C] → [M,C]
    d.dispose();
    return [
      consume(valueA, (x) => add(x, throughDirection(a, directionA))),
      consume(valueB, (x) => add(x, throughDirection(b, directionB))),
    ] as [Tensor, Tensor];
  });
}

/**
 * The gradients of {@link exchange} before those of the directions: that of a and b as the values
 * that are averaged, and d, that of the cosines times −1/‖a‖ [B,S,M].
 *
 * E is computed anew. Of matrices of its size at most four live at once.
 */
function productGradient(
  a: Directed,
  b: Directed,
  dIntoA: Tensor,
  dIntoB: Tensor,
  factor: number,
): [Tensor, Tensor, Tensor] {
  return tidy(() => {
    const e = similarity(a, b);
    const r = sum(e, 2, true); // [S,1]
    const c = sum(e, 1, true); // [1,M]
    const q = mul(dIntoA, div(factor, r)); // [S,C]
    const p = mul(dIntoB, div(factor, swap(c))); // [M,C]
    const valueA = matMul(e, p); // [S,M]·[M,C] → [S,C]
    const valueB = matMulTransposed(e, q); // [M,S]·[S,C] → [M,C]

    // t is the gradient of E as if its sums were constant; u and v, what these take back.
    const t = tidy(() => add(matMul(a.x, swap(p)), matMul(q, swap(b.x)))); // 2 × [S,C]·[C,M] → [S,M]
    const [u, v] = tidy(() => {
      const et = mul(e, t);
      const ofColumns = sub(sum(et, 1, true), swap(rowDot(b.x, valueB)));
      const ofRows = sub(sum(et, 2, true), rowDot(a.x, valueA));
      return [div(ofColumns, c), div(ofRows, r)] as [Tensor, Tensor]; // [1,M], [S,1]
    });
    const centred = consume(t, (x) => consume(sub(x, u), (y) => sub(y, v)));
    const weighted = consume(centred, (x) => mul(x, e));
    return [valueA, valueB, mul(weighted, a.inverse)] as [Tensor, Tensor, Tensor];
  });
}

/** E = exp(−(a/‖a‖)·(b/‖b‖)ᵀ) [B,S,M]. No maximum to subtract: the exponent lies in [−1,1]. */
function similarity(a: Directed, b: Directed): Tensor {
  return tidy(() => {
    const opposite = swap(mul(b.x, neg(b.inverse))); // [M,C] → [C,M]
    const partial = matMul(a.x, opposite); // [S,C]·[C,M] → [S,M]
    return exp(consume(partial, (x) => mul(x, a.inverse)));
  });
}
