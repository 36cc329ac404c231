import { around, linePath, number, type Point, smoothPath, smoothSamples } from '../geometry.ts';
import { type Colour, contrasting, hex, lighter } from '../paint.ts';
import type { Looks, Shape } from './looks.ts';
import type { Marks } from './marks.ts';

interface Wing {
  shoulder: Point;
  /** Where the tip is from the shoulder, in degrees clockwise from the right. */
  angle: number;
  length: number;
  /** Half of the greatest width. */
  width: number;
  /** How far the middle is off the straight line from shoulder to tip. */
  bend: number;
}

interface WingMark {
  kind: Marks['wing'];
  /** Factor of the usual size. */
  size: number;
}

/** The wing on the side that faces us, with its mark. */
export function drawNearWing(looks: Looks, marks: Marks, pen: string): Shape {
  const { pose, wing, wingAngle, markSize } = looks;
  const form: Wing =
    pose === 'flying'
      ? { shoulder: [4, -6], angle: wingAngle, length: 66, width: 17, bend: 12 }
      : { shoulder: [19, -5], angle: 166, length: 58, width: 12, bend: -3 };
  return drawWing('near', form, wing, pen, { kind: marks.wing, size: markSize });
}

/** The other wing, of which only a flying bird shows something. */
export function drawFarWing({ wing, wingAngle }: Looks, pen: string): Shape {
  const angle = wingAngle + 34;
  const form: Wing = { shoulder: [13, -13], angle, length: 54, width: 14, bend: 8 };
  return drawWing('far', form, lighter(wing, -10), pen);
}

function drawWing(
  id: string,
  { shoulder, angle, length, width, bend }: Wing,
  paint: Colour,
  pen: string,
  mark?: WingMark,
): Shape {
  // u from shoulder (0) to tip (1), v across from −1 to 1
  const at = (u: number, v: number): Point => {
    const profile = Math.sqrt(Math.max(0, Math.min(1, u * 5))) * (1 - 0.92 * u ** 2.2);
    const across = v * width * profile + bend * 4 * u * (1 - u);
    return around(around(shoulder, u * length, angle), across, angle + 90);
  };
  const us = [0.06, 0.2, 0.4, 0.6, 0.8];
  const shape = [
    at(0, 0),
    ...us.map((u) => at(u, 1)),
    at(1, 0),
    ...us.toReversed().map((u) => at(u, -1)),
  ];
  const path = smoothPath(shape);
  const feathers = [-0.5, 0, 0.5].map((v) =>
    linePath([0.58, 0.7, 0.82, 0.94].map((u) => at(u, v))),
  );
  const feather = hex(lighter(paint, paint.lightness > 50 ? -18 : 14));
  const svg = [
    `<clipPath id="${id}"><path d="${path}"/></clipPath><path d="${path}" fill="${hex(paint)}"/>`,
    `<g clip-path="url(#${id})">`,
    `<path d="${feathers.join('')}" fill="none" stroke="${feather}" stroke-width="1.2"/>`,
    mark ? drawWingMark(mark, at, hex(contrasting(paint))) : '',
    `</g><path d="${path}" fill="none" ${pen}/>`,
  ];
  return { svg: svg.join(''), outline: smoothSamples(shape), centre: at(0.4, 0) };
}

function drawWingMark({ kind, size }: WingMark, at: (u: number, v: number) => Point, ink: string) {
  if (kind === 'spot') {
    const [x, y] = at(0.36, 0);
    return `<circle cx="${number(x)}" cy="${number(y)}" r="${number(6.2 * size)}" fill="${ink}"/>`;
  }
  const across = (u: number) =>
    linePath([-1.2, -0.6, 0, 0.6, 1.2].map((v) => at(u + 0.04 * v * v, v)));
  return `<path d="${across(0.27)}${across(0.45)}" fill="none" stroke="${ink}" stroke-width="${number(4.2 * size)}"/>`;
}
