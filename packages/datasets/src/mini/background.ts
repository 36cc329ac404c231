import { linePath, number, type Point, pair, smoothPath } from './geometry.ts';
import { type Colour, colour, type Dice, hex, lighter } from './paint.ts';

/** Kinds of places: colours at the top and the bottom of the picture, and of hills, ground and twigs. */
const PLACES: readonly [Place, ...Place[]] = [
  { top: [205, 65, 62], bottom: [200, 60, 88], ground: [95, 42, 44] }, // a clear day
  { top: [140, 30, 34], bottom: [95, 38, 62], ground: [110, 38, 28] }, // a wood
  { top: [265, 40, 46], bottom: [25, 85, 74], ground: [285, 25, 26] }, // dusk
  { top: [195, 22, 76], bottom: [205, 25, 93], ground: [200, 22, 88] }, // winter
  { top: [48, 70, 82], bottom: [35, 60, 66], ground: [32, 40, 46] }, // autumn
  { top: [178, 42, 58], bottom: [172, 40, 82], ground: [45, 48, 74] }, // a shore
];

interface Place {
  top: readonly [number, number, number];
  bottom: readonly [number, number, number];
  ground: readonly [number, number, number];
}

/** The sky, and far away blurred lights, hills, clouds, twigs and leaves. */
export function drawBackground(d: Dice, size: number): { svg: string; ground: Colour } {
  const place = d.pick(PLACES);
  const vary = ([hue, saturation, lightness]: readonly [number, number, number]) =>
    colour(hue + d.range(-14, 14), saturation + d.range(-10, 10), lightness + d.range(-7, 7));
  const [top, bottom, ground] = [vary(place.top), vary(place.bottom), vary(place.ground)];
  const svg = [
    '<defs><linearGradient id="sky" x1="0" y1="0" x2="0.15" y2="1">',
    `<stop offset="0" stop-color="${hex(top)}"/><stop offset="1" stop-color="${hex(bottom)}"/>`,
    `</linearGradient></defs><rect width="${size}" height="${size}" fill="url(#sky)"/>`,
    ...times(d.integer(2, 9), () => light(d, size, lighter(d.pick([top, bottom]), d.range(6, 18)))),
    ...(d.chance(0.5)
      ? times(2, (i) => hill(d, size, lighter(ground, 14 - 8 * i), 0.62 + 0.14 * i))
      : []),
    ...(top.lightness > 50 && d.chance(0.5) ? times(d.integer(1, 3), () => cloud(d, size)) : []),
    ...times(d.integer(0, 3), () => twig(d, size, ground)),
  ];
  return { svg: svg.join(''), ground };
}

/** The ground under a standing bird, its upper edge at `y`. */
export function drawGround(d: Dice, size: number, ground: Colour, y: number): string {
  const edge: Point[] = [-0.2, 0.1, 0.35, 0.65, 0.9, 1.2].map((x) => [
    x * size,
    y + (x > 0.3 && x < 0.7 ? 0 : d.range(-1, 5)),
  ]);
  const blades = times(d.integer(6, 26), () => {
    const x = d.range(0, size);
    const foot: Point = [x, y + d.range(3, 14)];
    return linePath([foot, [x + d.range(-3, 3), foot[1] - d.range(5, 11)]]);
  });
  return (
    `<path d="${linePath([...edge, [1.2 * size, 1.2 * size], [-0.2 * size, 1.2 * size]])}Z" fill="${hex(ground)}"/>` +
    `<path d="${blades.join('')}" stroke="${hex(lighter(ground, d.pick([-12, 12])))}" stroke-width="1.4" stroke-linecap="round" fill="none"/>`
  );
}

/** The branch of a perched bird, through `at`. */
export function drawBranch(d: Dice, size: number, at: Point): string {
  const slope = d.range(-0.16, 0.16);
  const along = (x: number): Point => [x, at[1] + (x - at[0]) * slope + 2.4];
  const bark = colour(d.range(18, 38), d.range(22, 45), d.range(20, 38));
  const width = d.range(3.6, 6);
  const points = [-5, at[0] - 30, at[0], at[0] + 30, size + 5].map((x, i) => {
    const [px, py] = along(x);
    return [px, i === 2 ? py : py + d.range(-1, 1)] as Point;
  });
  const leaves = times(d.integer(0, 5), () => {
    const side = d.pick([-1, 1]);
    const x = side < 0 ? d.range(0, at[0] - 34) : d.range(at[0] + 34, size);
    return leaf(d, along(x), d.range(0, 360), d.range(8, 14));
  });
  return (
    `<path d="${linePath(points)}" fill="none" stroke="${hex(bark)}" stroke-width="${number(width)}" stroke-linejoin="round"/>` +
    `<path d="${linePath(points.map(([x, y]) => [x, y - width * 0.25]))}" fill="none" stroke="${hex(lighter(bark, 14))}" stroke-width="1"/>` +
    leaves.join('')
  );
}

function light(d: Dice, size: number, tone: Colour): string {
  return `<circle cx="${number(d.range(0, size))}" cy="${number(d.range(0, size))}" r="${number(d.range(0.04, 0.16) * size)}" fill="${hex(tone)}" fill-opacity="${number(d.range(0.25, 0.6))}"/>`;
}

function hill(d: Dice, size: number, tone: Colour, height: number): string {
  const points: Point[] = [-0.2, 0.15, 0.5, 0.85, 1.2].map((x) => [
    x * size,
    (height + d.range(-0.08, 0.08)) * size,
  ]);
  return `<path d="${smoothPath([...points, [1.3 * size, 1.5 * size], [-0.3 * size, 1.5 * size]])}" fill="${hex(tone)}"/>`;
}

function cloud(d: Dice, size: number): string {
  const [x, y] = [d.range(0, size), d.range(0, 0.45 * size)];
  const puffs = [-1, 0, 1].map(
    (i) =>
      `<ellipse cx="${number(x + i * 11)}" cy="${number(y + Math.abs(i) * 3)}" rx="${number(d.range(9, 15))}" ry="${number(d.range(5, 9))}"/>`,
  );
  return `<g fill="#fff" fill-opacity="${number(d.range(0.5, 0.85))}">${puffs.join('')}</g>`;
}

function twig(d: Dice, size: number, ground: Colour): string {
  const from: Point = [d.pick([0, size]), d.range(0, size)];
  const to: Point = [d.range(0.2, 0.8) * size, from[1] + d.range(-0.4, 0.4) * size];
  const tone = lighter(ground, d.range(-14, 4));
  const leaves = times(d.integer(0, 4), (i) => {
    const t = 0.3 + 0.2 * i;
    const at: Point = [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t];
    return leaf(d, at, d.range(0, 360), d.range(6, 12));
  });
  return (
    `<g opacity="0.75"><path d="M${pair(from)}Q${pair([from[0], to[1]])} ${pair(to)}" fill="none" stroke="${hex(tone)}" stroke-width="${number(d.range(1, 3))}"/>` +
    `${leaves.join('')}</g>`
  );
}

function leaf(d: Dice, [x, y]: Point, degrees: number, length: number): string {
  const tone = colour(
    d.pick([d.range(70, 130), d.range(10, 50)]),
    d.range(35, 65),
    d.range(28, 52),
  );
  const path = `M0 0Q${number(length / 2)} ${number(-length / 2.6)} ${number(length)} 0Q${number(length / 2)} ${number(length / 2.6)} 0 0`;
  return `<path transform="translate(${pair([x, y])})rotate(${number(degrees)})" d="${path}" fill="${hex(tone)}"/>`;
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
