import { drawGround } from '../background.ts';
import { type MarksOf, tenClasses } from '../classes.ts';
import { number, type Point, smoothPath, smoothSamples } from '../geometry.ts';
import type { Subject } from '../kind.ts';
import { type Colour, colour, contrasting, type Dice, hex, lighter } from '../paint.ts';

export const MARKS = {
  ear: ['lop', 'pricked'],
  coat: ['saddle', 'spots'],
  tail: ['rings', 'tip'],
  legs: ['socks', 'garters'],
} as const;

export type Marks = MarksOf<typeof MARKS>;

const WORDS: Readonly<Record<string, string>> = {
  lop: 'Lop',
  pricked: 'Prick',
  saddle: 'saddled',
  spots: 'spotted',
  rings: 'ringtail',
  tip: 'tiptail',
  socks: 'socks',
  garters: 'garters',
};

/** Named as ImageNet's synsets are, for example `n02000001-Lop_saddled_ringtail_socks`. */
export const CLASSES = tenClasses(MARKS, (marks, n) => {
  const words = marks.map((mark) => WORDS[mark]);
  return `n${String(2_000_000 + n).padStart(8, '0')}-${words.join('_')}`;
});

const FOOT = 33;

/** Draws a standing dog from its right side, with the marks of its class. */
export function drawDog(d: Dice, marks: Marks): Subject {
  const coat = colour(d.range(0, 360), d.range(20, 70), d.pick([d.range(30, 44), d.range(58, 76)]));
  const depth = d.range(0.9, 1.15);
  const nod = d.range(-4, 4);
  const muzzle = d.range(51, 57);
  const wag = d.range(-8, 8);
  const head: Point = [37, -22 + nod];
  const silhouette: Point[] = [
    [head[0] + 8, head[1] - 8],
    [muzzle - 3, head[1] + 1],
    [muzzle, head[1] + 5],
    [muzzle - 5, head[1] + 9],
    [38, head[1] + 12],
    [35, 1],
    [26, 11 * depth],
    [6, 11 * depth],
    [-16, 8],
    [-32, 9],
    [-38, 0],
    [-34, -10],
    [-12, -12],
    [12, -12],
    [24, -18],
    [28, head[1] - 6],
    [head[0] - 1, head[1] - 11],
  ];
  const body = smoothPath(silhouette);
  const ink = contrasting(coat);
  const pen = `stroke="${hex(lighter(coat, coat.lightness > 50 ? -38 : -20))}" stroke-width="1.3" stroke-linejoin="round"`;
  const tailTip: Point = [-53, -27 + wag];
  const tail = `M-35 -4Q-50 ${number(-4 + wag / 2)} ${number(tailTip[0])} ${number(tailTip[1])}`;
  const svg = [
    ...[-24, 22].map((x) => leg(x, lighter(coat, -12), pen)),
    `<path d="${tail}" fill="none" stroke="${hex(lighter(coat, -22))}" stroke-width="8.6" stroke-linecap="round"/>`,
    `<path d="${tail}" fill="none" stroke="${hex(coat)}" stroke-width="6.4" stroke-linecap="round"/>`,
    tailMark(marks, tail, ink),
    ...[-31, 15].map((x) => leg(x, coat, pen) + legMark(x, marks, ink)),
    `<clipPath id="body"><path d="${body}"/></clipPath><path d="${body}" fill="${hex(coat)}"/>`,
    `<g clip-path="url(#body)" fill="${hex(ink)}">${coatMark(marks)}</g>`,
    `<path d="${body}" fill="none" ${pen}/>`,
    ear(marks, head, ink),
    `<circle cx="${number(head[0] + 6)}" cy="${number(head[1] - 2)}" r="2.4" fill="#fdfaf0"/><circle cx="${number(head[0] + 6.4)}" cy="${number(head[1] - 2)}" r="1.5" fill="#15110d"/>`,
    `<circle cx="${number(muzzle - 1)}" cy="${number(head[1] + 3.4)}" r="2.6" fill="#15110d"/>`,
  ];
  return {
    svg: svg.join(''),
    outline: [
      ...smoothSamples(silhouette),
      [tailTip[0] - 4, tailTip[1] - 4],
      [29, head[1] - 17],
      ...[-31, -16.5, 15, 29.5].map((x): Point => [x, FOOT]),
      [muzzle + 1.6, head[1] + 3],
    ],
    parts: {},
    feet: [-5, FOOT],
    tilt: [-8, 8],
    support: (d, size, feet, ground) => drawGround(d, size, ground, feet[1] - 1.5),
  };
}

function leg(x: number, coat: Colour, pen: string): string {
  return `<rect x="${x}" y="2" width="7.5" height="${FOOT - 2}" rx="3" fill="${hex(coat)}" ${pen}/>`;
}

function legMark(x: number, { legs }: Marks, ink: Colour): string {
  const [y, height] = legs === 'socks' ? [FOOT - 8.5, 8.5] : [14, 5];
  return `<rect x="${x}" y="${y}" width="7.5" height="${height}" fill="${hex(ink)}"/>`;
}

function coatMark({ coat }: Marks): string {
  if (coat === 'saddle') return '<path d="M-22 -16H10L4 -2Q-6 2 -16 -2Z"/>';
  return [
    [-24, -4],
    [-14, 2],
    [-6, -6],
    [4, 3],
    [12, -5],
  ]
    .map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.2"/>`)
    .join('');
}

function tailMark({ tail }: Marks, path: string, ink: Colour): string {
  // The tail is about 34 units long; dashes are measured from its root.
  const dashes = tail === 'tip' ? '0 22 40' : '0 9 4 6 4 60';
  return `<path d="${path}" fill="none" stroke="${hex(ink)}" stroke-width="6.4" stroke-dasharray="${dashes}"/>`;
}

function ear({ ear }: Marks, [x, y]: Point, ink: Colour): string {
  const at = (dx: number, dy: number) => `${number(x + dx)} ${number(y + dy)}`;
  const path =
    ear === 'lop'
      ? `M${at(-5, -9)}Q${at(-14, -6)} ${at(-11, 7)}Q${at(-5, 12)} ${at(-1, 3)}Z`
      : `M${at(-7, -7)}L${at(-8, -17)}L${at(2, -11)}Z`;
  return `<path d="${path}" fill="${hex(ink)}" stroke-linejoin="round"/>`;
}
