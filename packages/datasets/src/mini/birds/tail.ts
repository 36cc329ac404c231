import { around, linePath, number, type Point, smoothPath, smoothSamples } from '../geometry.ts';
import { contrasting, hex } from '../paint.ts';
import type { Looks, Shape } from './looks.ts';
import type { Marks } from './marks.ts';

export function drawTail(
  { tail, tailLength, pose, markSize }: Looks,
  marks: Marks,
  pen: string,
): Shape {
  const [angle, flare] = pose === 'flying' ? [176, 10] : [167, 7];
  // u along the tail from 0 to 1, v across it from −1 to 1
  const at = (u: number, v: number): Point =>
    around(around([-20, 2], u * tailLength, angle), v * (4 + (flare - 4) * u), angle + 90);
  const shape = [
    at(0, -1),
    at(0.6, -1),
    at(0.97, -1),
    at(1.04, 0),
    at(0.97, 1),
    at(0.6, 1),
    at(0, 1),
  ];
  const across = (u: number) => linePath([at(u, -1.3), at(u + 0.03, 0), at(u, 1.3)]);
  const mark = {
    rings: `<path d="${across(0.42)}${across(0.7)}" stroke-width="${number(4.2 * markSize)}"/>`,
    tip: `<path d="${across(0.93 + 0.08 * (1 - markSize))}" stroke-width="${number(tailLength * 0.3 * markSize)}"/>`,
  }[marks.tail];
  const path = smoothPath(shape);
  const svg = [
    `<clipPath id="tail"><path d="${path}"/></clipPath><path d="${path}" fill="${hex(tail)}"/>`,
    `<g clip-path="url(#tail)" fill="none" stroke="${hex(contrasting(tail))}">${mark}</g>`,
    `<path d="${path}" fill="none" ${pen}/>`,
  ];
  return { svg: svg.join(''), outline: smoothSamples(shape), centre: at(0.65, 0) };
}
