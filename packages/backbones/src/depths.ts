import { shown } from './known-options.ts';

/** @throws RangeError unless every stage has at least one block, and there is a stage */
export function requireDepths(network: string, depths: readonly number[]): void {
  if (
    !Array.isArray(depths) ||
    depths.length === 0 ||
    !depths.every((depth) => Number.isInteger(depth) && depth > 0)
  ) {
    throw new RangeError(
      `[@fbsd/backbones] ${network}: depths must be whole numbers from 1, one per stage; got ${shown(depths)}.`,
    );
  }
}
