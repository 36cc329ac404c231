import type { HeatMap } from '../../explain/heat-map.ts';

/** Smaller heat maps are interpolated to this, since browsers stretch a few pixels into diamonds. */
const LEAST_SIDE = 56;

/**
 * Interpolates a heat map between its positions, by Catmull and Rom's cubic; outside of it are the values of its edge.
 *
 * @returns values in [0,1] row by row, [side,side]
 */
export function smooth({ height, width, values }: HeatMap): { side: number; values: Float32Array } {
  const side = Math.max(LEAST_SIDE, height, width);
  const [columns, rows] = [taps(width, side), taps(height, side)];
  const smoothed = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (const [row, a] of rows[y] as Tap[]) {
        for (const [column, b] of columns[x] as Tap[]) {
          sum += a * b * (values[row * width + column] as number);
        }
      }
      smoothed[y * side + x] = Math.min(1, Math.max(0, sum)); // a cubic overshoots
    }
  }
  return { side, values: smoothed };
}

/** A position that counts, and how much. */
type Tap = readonly [position: number, weight: number];

/** For each of `to` positions the four of `from` that it lies between. */
function taps(from: number, to: number): Tap[][] {
  return Array.from({ length: to }, (_, i) => {
    const centre = ((i + 0.5) * from) / to - 0.5;
    const first = Math.floor(centre) - 1;
    return [0, 1, 2, 3].map((k): Tap => {
      const position = Math.min(from - 1, Math.max(0, first + k));
      return [position, cubic(Math.abs(centre - first - k))];
    });
  });
}

/** Catmull and Rom's: 1 at 0, 0 at 1 and from 2 on. */
function cubic(distance: number): number {
  if (distance >= 2) return 0;
  return distance < 1
    ? (1.5 * distance - 2.5) * distance ** 2 + 1
    : ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
}
