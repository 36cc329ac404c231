import type { WasmModule } from '../module.ts';
import type { PairedWork, Range } from '../shares.ts';
import { PACK_COST } from './convolution.ts';

/**
 * The work of a filter gradient: the products of groups of ROWS input channels and of as many panels of output channels as
 * the micro-kernel takes at a time. These are never divided: others would be added up in another order.
 *
 * @param depth multiply-adds for a pair of channels: pixels, or tiles times PRODUCTS
 */
export function filterGradientWork(
  { sizes: { ROWS, COLUMNS, PANELS } }: WasmModule,
  depth: number,
  groups: number,
  outChannels: number,
): PairedWork {
  const width = PANELS * COLUMNS;
  return {
    cost: depth * ROWS * width,
    rows: { items: groups, cost: depth * ROWS * PACK_COST },
    columns: { items: Math.ceil(outChannels / width), cost: depth * width * PACK_COST },
  };
}

/** The output channels of such panels. */
export function outputChannels(
  { sizes: { COLUMNS, PANELS } }: WasmModule,
  [first, last]: Range,
  outChannels: number,
): Range {
  const width = PANELS * COLUMNS;
  return [first * width, Math.min(last * width, outChannels)];
}
