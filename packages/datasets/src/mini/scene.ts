import { randomStream } from '@fbsd/trainer/data';
import { drawBackground } from './background.ts';
import { apply, boundsOf, number, type Point, placement } from './geometry.ts';
import type { Kind, Scene } from './kind.ts';
import { dice } from './paint.ts';

/** The subject keeps this share of the picture free on each side, so that crops do not cut it. */
const MARGIN = 0.12;
/** The side in pixels for which lengths in the drawings are meant; others are scaled. */
const UNIT_SIZE = 160;

/**
 * Draws picture number `id`. Everything but the marks depends on (seed, id) alone, so that pose,
 * colours, place and background tell nothing about the class.
 *
 * @param size side of the square picture in pixels
 */
export function drawScene<Marks>(
  kind: Pick<Kind<Marks>, 'draw' | 'drawFront'>,
  seed: number,
  id: number,
  marks: Marks,
  size: number,
): Scene {
  const d = dice(randomStream(seed, id));
  const subject = kind.draw(d, marks);
  const background = drawBackground(d, UNIT_SIZE);

  const mirror = d.chance(0.5);
  const degrees = (mirror ? -1 : 1) * d.range(...subject.tilt);
  const free = UNIT_SIZE * (1 - 2 * MARGIN);
  const upright = boundsOf(
    subject.outline.map((point) => apply(placement(mirror, degrees, 1, [0, 0]), point)),
  );
  const largest = free / Math.max(upright.right - upright.left, upright.bottom - upright.top);
  const scale = Math.min(largest, d.range(1.02, 1.3));
  // Anywhere in the free square that leaves room for the whole subject.
  const start = UNIT_SIZE * MARGIN;
  const origin: Point = [
    d.range(start - upright.left * scale, start + free - upright.right * scale),
    d.range(start - upright.top * scale, start + free - upright.bottom * scale),
  ];
  const place = placement(mirror, degrees, scale, origin);
  const feet = apply(place, subject.feet);

  const support = subject.support(d, UNIT_SIZE, feet, background.ground);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${UNIT_SIZE} ${UNIT_SIZE}">`,
    background.svg,
    support,
    `<g transform="matrix(${place.map((value) => value.toFixed(4)).join(' ')})">${subject.svg}</g>`,
    kind.drawFront?.(d, UNIT_SIZE) ?? '',
    '</svg>',
  ].join('');

  const pixels = size / UNIT_SIZE;
  const { left, top, right, bottom } = boundsOf(
    subject.outline.map((point) => apply(place, point)),
  );
  const [near, far] = mirror ? ['left', 'right'] : ['right', 'left'];
  return {
    svg,
    box: {
      x: Number(number(left * pixels)),
      y: Number(number(top * pixels)),
      width: Number(number((right - left) * pixels)),
      height: Number(number((bottom - top) * pixels)),
    },
    parts: Object.fromEntries(
      Object.entries(subject.parts).map(([name, point]) => {
        const [x, y] = apply(place, point);
        return [
          name.replace('near', near as string).replace('far', far as string),
          [x * pixels, y * pixels],
        ];
      }),
    ),
  };
}
