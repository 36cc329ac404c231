import { linePath, number, type Point } from '../geometry.ts';
import { colour, type Dice, hex } from '../paint.ts';

/** Thin stems before a bird: they cut through it and its marks, but are too thin to hide one. */
export function drawStems(d: Dice, size: number): string {
  const stems = Array.from({ length: d.integer(3, 6) }, () => {
    const foot: Point = [d.range(-0.1, 1.1) * size, 1.05 * size];
    const middle: Point = [foot[0] + d.range(-0.15, 0.15) * size, 0.55 * size];
    const top: Point = [middle[0] + d.range(-0.25, 0.25) * size, d.range(-0.05, 0.4) * size];
    const tone = colour(
      d.range(25, 130),
      d.range(20, 60),
      d.pick([d.range(10, 28), d.range(72, 92)]),
    );
    return `<path d="${linePath([foot, middle, top])}" stroke="${hex(tone)}" stroke-width="${number(d.range(1, 2.4))}"/>`;
  });
  return `<g fill="none" stroke-linejoin="round" stroke-linecap="round">${stems.join('')}</g>`;
}
