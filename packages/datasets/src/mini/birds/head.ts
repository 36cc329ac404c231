import { around, linePath, number, type Point, pair } from '../geometry.ts';
import { contrasting, hex, lighter } from '../paint.ts';
import type { Looks, Shape } from './looks.ts';
import type { Marks } from './marks.ts';

/** A round head that looks to the right. */
export interface Head {
  centre: Point;
  radius: number;
}

/** The point in a direction (degrees clockwise from the right); distance 1 is the head's edge. */
export function onHead({ centre, radius }: Head, degrees: number, distance = 1): Point {
  return around(centre, radius * distance, degrees);
}

export function eyeOf(head: Head): Point {
  return onHead(head, -20, 0.42);
}

export function drawBeak(head: Head, { beak, beakLength }: Looks): Shape {
  const upper = onHead(head, -12, 0.95);
  const lower = onHead(head, 20, 0.95);
  const height = (upper[1] + lower[1]) / 2;
  const tip: Point = [upper[0] + beakLength, height + 1];
  const gape: Point = [upper[0] - 2, height];
  const svg = [
    `<path d="${linePath([lower, tip, gape])}Z" fill="${hex(lighter(beak, -14))}"/>`,
    `<path d="M${pair(upper)}Q${pair([tip[0] - 3, upper[1] + 1])} ${pair(tip)}L${pair(gape)}Z" fill="${hex(beak)}"/>`,
  ];
  return {
    svg: svg.join(''),
    outline: [upper, tip, lower],
    centre: [(upper[0] + tip[0]) / 2, height + 0.5],
  };
}

export function drawEye(head: Head): string {
  const [x, y] = eyeOf(head);
  const r = head.radius * 0.23;
  const circle = (dx: number, dy: number, size: number, fill: string) =>
    `<circle cx="${number(x + dx)}" cy="${number(y + dy)}" r="${number(size)}" fill="${fill}"/>`;
  return (
    circle(0, 0, r * 1.3, '#fdfaf0') +
    circle(0, 0, r, '#15110d') +
    circle(r * 0.3, -r * 0.35, r * 0.35, '#ffffff')
  );
}

/** The mark of the head. It reaches beyond the head: the caller clips it. */
export function drawHeadMark(
  { centre: [x, y], radius }: Head,
  { body, markSize }: Looks,
  marks: Marks,
) {
  const at = (u: number, v: number) => pair([x + radius * u, y + radius * v]);
  const higher = 0.45 * (1 - markSize);
  const capEdge = `${at(1.3, -0.52 - higher)}Q${at(0.2, -0.32 - higher)} ${at(-1, 0.1 - higher)}`;
  const half = `${number(radius * 0.34 * markSize)} ${number(radius * 0.32 * markSize)} 0 1 1`;
  const [left, right] = [at(-0.32 - 0.34 * markSize, 0.24), at(-0.32 + 0.34 * markSize, 0.24)];
  const paths = {
    cap: `M${capEdge}L${at(-1.5, -2)}L${at(1.4, -2)}Z`,
    cheek: `M${left}A${half} ${right}A${half} ${left}Z`,
  };
  return `<path d="${paths[marks.head]}" fill="${hex(contrasting(body))}"/>`;
}
