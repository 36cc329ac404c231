import { drawGround } from '../background.ts';
import { type MarksOf, tenClasses } from '../classes.ts';
import { linePath, number, type Point, smoothPath, smoothSamples } from '../geometry.ts';
import type { Subject } from '../kind.ts';
import { colour, contrasting, type Dice, hex, lighter } from '../paint.ts';

export const MARKS = {
  wheels: ['spokes', 'disc'],
  door: ['stripe', 'dots'],
  hood: ['bonnet', 'patch'],
  trunk: ['bars', 'badge'],
} as const;

export type Marks = MarksOf<typeof MARKS>;

const WORDS: Readonly<Record<string, string>> = {
  spokes: 'Spoked',
  disc: 'Disc',
  stripe: 'Striped',
  dots: 'Dotted',
  bonnet: 'Bonnet',
  patch: 'Patch',
  bars: 'Sedan',
  badge: 'Coupe',
};

/** Named as make, model, type and year, for example `Spoked Striped Bonnet Sedan 2001`. */
export const CLASSES = tenClasses(MARKS, (marks, n) =>
  [...marks.map((mark) => WORDS[mark]), 2000 + n].join(' '),
);

const WHEELS: readonly Point[] = [
  [-28, 14],
  [29, 14],
];
const RADIUS = 10.5;

/** Draws a car from its right side, with the marks of its class. */
export function drawCar(d: Dice, marks: Marks): Subject {
  const hue = d.range(0, 360);
  const paint = colour(hue, d.range(25, 80), d.pick([d.range(30, 44), d.range(58, 76)]));
  const roof = d.range(-27, -21);
  const [front, back] = [d.range(6, 14), d.range(-30, -20)];
  const glass = colour(205, d.range(15, 40), d.pick([24, 78]));
  const silhouette: Point[] = [
    [48, 7],
    [46, -1],
    [28, -7],
    [front, roof + 2],
    [(front + back) / 2, roof],
    [back, roof + 2],
    [-37, -7],
    [-47, -4],
    [-48, 7],
    [-45, 14],
    [0, 15],
    [45, 14],
  ];
  const body = smoothPath(silhouette);
  const ink = hex(contrasting(paint));
  const pen = `stroke="${hex(lighter(paint, paint.lightness > 50 ? -38 : -20))}" stroke-width="1.3"`;
  const post = (front + back) / 2;
  const window = (corners: Point[]) =>
    `<path d="${linePath(corners)}Z" fill="${hex(glass)}" ${pen} stroke-linejoin="round"/>`;
  const svg = [
    `<clipPath id="body"><path d="${body}"/></clipPath><path d="${body}" fill="${hex(paint)}"/>`,
    window([
      [front + 9, -8],
      [front - 1, roof + 4],
      [post + 2, roof + 3],
      [post + 2, -8],
    ]),
    window([
      [post - 2, -8],
      [post - 2, roof + 3],
      [back + 1, roof + 4],
      [back - 6, -8],
    ]),
    `<path d="M${number(post)} -8V13" fill="none" ${pen}/>`,
    `<g clip-path="url(#body)" stroke="${ink}" fill="none">${doorMark(marks)}${hoodMark(marks)}${trunkMark(marks)}</g>`,
    `<path d="${body}" fill="none" ${pen}/>`,
    '<circle cx="46" cy="2" r="2.4" fill="#fff3b0"/><circle cx="-46.5" cy="2" r="2.2" fill="#c8321e"/>',
    ...WHEELS.map((centre) => wheel(centre, marks)),
  ];
  const tyres = WHEELS.map(([x, y]): Point => [x, y + RADIUS]);
  return {
    svg: svg.join(''),
    outline: [...smoothSamples(silhouette), ...tyres],
    parts: {},
    feet: [0, 14 + RADIUS],
    tilt: [-9, 9],
    support: (d, size, feet, ground) => drawGround(d, size, ground, feet[1] - 1.5),
  };
}

function wheel([x, y]: Point, { wheels }: Marks): string {
  const circle = (r: number, fill: string) =>
    `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
  const spokes = [0, 60, 120].map(
    (degrees) => `<path d="M-7.5 0H7.5" transform="translate(${x} ${y})rotate(${degrees})"/>`,
  );
  return (
    circle(RADIUS, '#17171a') +
    (wheels === 'disc'
      ? circle(7.5, '#e9e9ee')
      : `<g stroke="#e9e9ee" stroke-width="2">${spokes.join('')}</g>`)
  );
}

function doorMark({ door }: Marks): string {
  if (door === 'stripe') return '<path d="M-20 3.5H22" stroke-width="5"/>';
  return [-16, -4, 8, 20]
    .map((x) => `<circle cx="${x}" cy="3.5" r="1.6" stroke-width="3"/>`)
    .join('');
}

function hoodMark({ hood }: Marks): string {
  if (hood === 'patch') return '<circle cx="37" cy="4" r="2.6" stroke-width="5.2"/>';
  return '<path d="M26 -5L50 -1" stroke-width="6"/>';
}

function trunkMark({ trunk }: Marks): string {
  if (trunk === 'bars') return '<path d="M-42.5 -8V8M-36.5 -8V4" stroke-width="3"/>';
  return '<path d="M-39.5 -6L-34.5 -1L-39.5 4L-44.5 -1Z" stroke-width="2.4" fill="currentColor"/>';
}
