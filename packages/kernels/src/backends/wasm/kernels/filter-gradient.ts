import type { WasmModule } from '../module.ts';
import type { PairedWork, Range } from '../shares.ts';
import { PACK_COST } from './convolution.ts';

/** Panels of output channels that are not divided: a micro-kernel takes one or two at a time. */
const PANELS = 2;

/**
 * The work of a filter gradient: the products of groups of ROWS input channels and of panels of output channels.
 *
 * @param depth values that are summed up: pixels, or tiles and their products
 */
export function filterGradientWork(
  { sizes: { ROWS, COLUMNS } }: WasmModule,
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
  { sizes: { COLUMNS } }: WasmModule,
  [first, last]: Range,
  outChannels: number,
): Range {
  const width = PANELS * COLUMNS;
  return [first * width, Math.min(last * width, outChannels)];
}
