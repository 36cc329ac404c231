import type { Point } from '../geometry.ts';
import { type Colour, colour, type Dice } from '../paint.ts';

/** How a bird looks but for its marks: nothing here tells a class. */
export interface Looks {
  pose: 'perched' | 'standing' | 'flying';
  body: Colour;
  wing: Colour;
  tail: Colour;
  beak: Colour;
  /** Factors of the usual size. */
  roundness: number;
  headSize: number;
  /** In units of which the whole bird has about 100. */
  beakLength: number;
  tailLength: number;
  /** Where the near wing of a flying bird points, in degrees clockwise from the right. */
  wingAngle: number;
  /** Of the marks; a factor of the usual size. */
  markSize: number;
}

/** A drawn part of a bird. */
export interface Shape {
  svg: string;
  /** Points of its outline. */
  outline: readonly Point[];
  /** The point that stands for it in the annotations. */
  centre: Point;
}

export function randomLooks(d: Dice, markSize = 1): Looks {
  const hue = d.range(0, 360);
  // Neither here nor below a lightness near 50, on which no mark would stand out.
  const body = colour(hue, d.range(25, 80), d.pick([d.range(30, 44), d.range(58, 76)]));
  const related = () =>
    colour((hue + d.range(-60, 60) + 360) % 360, d.range(20, 70), d.pick([28, 36, 66, 76]));
  return {
    pose: d.pick(['perched', 'perched', 'standing', 'flying']),
    body,
    wing: related(),
    tail: related(),
    beak: colour(d.range(15, 50), 85, d.range(42, 58)),
    roundness: d.range(0.92, 1.12),
    headSize: d.range(0.94, 1.1),
    beakLength: d.range(8, 15),
    tailLength: d.range(32, 40),
    wingAngle: d.range(222, 248),
    markSize,
  };
}
