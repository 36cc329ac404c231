import { add, dispose, type Tensor } from '@tensorflow/tfjs-core';

/**
 * start[i] + Σ over all pairs (i,j) of what `exchange` has for i: the sum that both the forward and
 * the backward pass of the FDM are.
 *
 * @param start stays as it is
 * @param exchange for i < j, returns what goes to i and what goes to j; both are disposed here
 */
export function addPairs(
  start: readonly Tensor[],
  exchange: (i: number, j: number) => [Tensor, Tensor],
): Tensor[] {
  const totals = [...start];
  const addTo = (i: number, term: Tensor) => {
    const before = totals[i] as Tensor;
    totals[i] = add(before, term);
    dispose(before === start[i] ? term : [before, term]);
  };
  for (let i = 0; i < start.length; i++) {
    for (let j = i + 1; j < start.length; j++) {
      const [toI, toJ] = exchange(i, j);
      addTo(i, toI);
      addTo(j, toJ);
    }
  }
  return totals;
}
