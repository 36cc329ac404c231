import { shown } from './known-options.ts';

/** Refuses a `k` that is not a whole number of at least 1. */
export function checkK(where: string, k: number): void {
  if (typeof k !== 'number') {
    throw new TypeError(`[@fbsd/topk-pool] ${where}: k must be a number; got ${shown(k)}.`);
  }
  if (!(Number.isInteger(k) && k >= 1)) {
    throw new RangeError(
      `[@fbsd/topk-pool] ${where}: k must be a whole number of at least 1; got ${k}.`,
    );
  }
}

/**
 * Refuses a shape that is not positions × channels, or has fewer than `k` positions.
 *
 * Where a size is not known yet, neither is the number of positions: that passes.
 *
 * @param shape [B,H,W,C] or [B,S,C], null where a size is not known yet
 */
export function checkPositions(where: string, k: number, shape: readonly (number | null)[]): void {
  if (shape.length !== 3 && shape.length !== 4) {
    throw new RangeError(
      `[@fbsd/topk-pool] ${where}: expected input [batch,height,width,channels] or ` +
        `[batch,positions,channels]; got ${show(shape)}. Reshape the input.`,
    );
  }
  const sizes = shape.slice(1, -1);
  if (sizes.includes(null)) return;
  const positions = sizes.reduce<number>((product, size) => product * (size as number), 1);
  if (positions < k) {
    throw new RangeError(
      `[@fbsd/topk-pool] ${where}: k=${k} needs at least ${k} positions; got input ` +
        `${show(shape)} (${positions}). Use a smaller k or a larger input.`,
    );
  }
}

function show(shape: readonly (number | null)[]): string {
  return `[${shape.map((size) => size ?? 'null').join()}]`;
}
