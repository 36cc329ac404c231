import type { StripAxis } from '@fbsd/fbsm';
import type { Strip } from './strips.ts';

/** A picture of one number per position. */
export interface HeatMap {
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
  /** One number per position, row by row: height·width of them. */
  values: number[];
  /** What 0 and 1 stand for, when the values were stretched to them. */
  range?: readonly [least: number, most: number];
}

/** How an FBSM boosted the feature map that a heat map is made of. */
interface Boost {
  axis: StripAxis;
  strips: readonly Strip[];
  probabilities: readonly number[];
  alpha: number;
}

/**
 * Computes where an FBSM's boosted map responds, from 0 (least) to 1 (most).
 *
 * Boosting multiplies a strip by a positive number, so the norm of the boosted features follows from
 * the norm of the features that went in: ‖x·(1 + α·pᵢ)‖ = ‖x‖·(1 + α·pᵢ).
 *
 * @param norms L2 norm over the channels at each position of the map that went in
 * @returns all zeros when every position responds alike
 */
export function boostedHeatMap(norms: HeatMap, boost: Boost): HeatMap {
  const { height, width } = norms;
  const along = boost.axis === 'height' ? height : width;
  const factors = new Array<number>(along); // per row, or per column
  boost.strips.forEach(({ start, end }, i) => {
    const factor = 1 + boost.alpha * (boost.probabilities[i] as number);
    factors.fill(factor, Math.round(start * along), Math.round(end * along));
  });
  const boosted = norms.values.map((value, position) => {
    const index = boost.axis === 'height' ? Math.floor(position / width) : position % width;
    return value * (factors[index] as number);
  });
  return { height, width, ...normalised(boosted) };
}

/** Stretches values to [0, 1]; equal values become 0. */
function normalised(values: readonly number[]): Pick<HeatMap, 'values' | 'range'> {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const width = most - least;
  return {
    values: values.map((value) => (width > 0 ? (value - least) / width : 0)),
    range: [least, most],
  };
}
