import { type MarksOf, tenClasses } from '../classes.ts';
import { linePath, type Point, smoothPath, smoothSamples } from '../geometry.ts';
import type { Subject } from '../kind.ts';
import { colour, contrasting, type Dice, hex, lighter } from '../paint.ts';

export const MARKS = {
  fin: ['bands', 'disc'],
  nose: ['cap', 'collar'],
  fuselage: ['stripe', 'dots'],
  wing: ['bars', 'spot'],
} as const;

export type Marks = MarksOf<typeof MARKS>;

const WORDS: Readonly<Record<string, string>> = {
  bands: 'Banded',
  disc: 'Disc',
  cap: 'Capped',
  collar: 'Collared',
  stripe: 'Stripe',
  dots: 'Dot',
  bars: '100',
  spot: '200',
};

/** Named with a slash, spaces and hyphens, as aircraft are: `Banded/Capped Stripe-100`. */
export const CLASSES = tenClasses(MARKS, (marks) => {
  const [fin, nose, fuselage, wing] = marks.map((mark) => WORDS[mark]);
  return `${fin}/${nose} ${fuselage}-${wing}`;
});

/** Draws an aeroplane in flight from its right side, with the marks of its class. */
export function drawPlane(d: Dice, marks: Marks): Subject {
  const hue = d.range(0, 360);
  const paint = colour(hue, d.range(15, 60), d.pick([d.range(30, 44), d.range(60, 80)]));
  const related = () => colour((hue + d.range(-60, 60) + 360) % 360, 45, d.pick([30, 38, 66, 76]));
  const [finPaint, wingPaint] = [related(), related()];
  const girth = d.range(0.9, 1.15);
  const sweep = d.range(-6, 6);
  const fuselage = (
    [
      [51, 1],
      [44, -6],
      [22, -8.5],
      [-18, -7.5],
      [-48, -4],
      [-51, -1],
      [-40, 3.5],
      [-10, 8],
      [22, 8.5],
      [43, 6],
    ] as Point[]
  ).map(([x, y]): Point => [x, y * girth]);
  const fin: Point[] = [
    [-27, -5],
    [-43, -29],
    [-56, -29],
    [-49, -3],
  ];
  const wing: Point[] = [
    [14, 3],
    [-18 + sweep, 33],
    [-33 + sweep, 33],
    [-12, 5],
  ];
  const farWing: Point[] = [
    [10, -5],
    [-6 + sweep, -20],
    [-14 + sweep, -20],
    [-8, -5],
  ];
  const tailplane: Point[] = [
    [-37, 0],
    [-52, 9],
    [-60, 9],
    [-50, -1],
  ];
  const pen = `stroke="${hex(lighter(paint, paint.lightness > 50 ? -40 : -20))}" stroke-width="1.3" stroke-linejoin="round"`;
  const body = smoothPath(fuselage);
  /** A flat part with a mark, which is cut off at its edge. */
  const flat = (id: string, corners: Point[], fill: typeof paint, mark = '') => {
    const path = `${linePath(corners)}Z`;
    return (
      `<clipPath id="${id}"><path d="${path}"/></clipPath><path d="${path}" fill="${hex(fill)}"/>` +
      `<g clip-path="url(#${id})" fill="none" stroke="${hex(contrasting(fill))}">${mark}</g><path d="${path}" fill="none" ${pen}/>`
    );
  };
  const svg = [
    flat('far', farWing, lighter(wingPaint, -10)),
    flat('fin', fin, finPaint, finMark(marks)),
    `<clipPath id="body"><path d="${body}"/></clipPath><path d="${body}" fill="${hex(paint)}"/>`,
    `<g clip-path="url(#body)" fill="none" stroke="${hex(contrasting(paint))}">${noseMark(marks)}${fuselageMark(marks)}</g>`,
    `<path d="${body}" fill="none" ${pen}/>`,
    flat('tailplane', tailplane, wingPaint),
    `<ellipse cx="2" cy="${15 * girth}" rx="9" ry="4" fill="${hex(lighter(paint, -8))}" ${pen}/>`,
    flat('wing', wing, wingPaint, wingMark(marks, sweep)),
  ];
  return {
    svg: svg.join(''),
    outline: [...smoothSamples(fuselage), ...fin, ...wing, ...farWing, ...tailplane],
    parts: {},
    feet: [0, 0],
    tilt: [-24, 18],
    support: () => '',
  };
}

function finMark({ fin }: Marks): string {
  if (fin === 'bands') return '<path d="M-62 -12H-24M-64 -21.5H-30" stroke-width="4.4"/>';
  return '<circle cx="-46.5" cy="-18" r="2.9" stroke-width="5.8"/>';
}

function noseMark({ nose }: Marks): string {
  if (nose === 'cap') return '<path d="M45 -12V12" stroke-width="20"/>';
  return '<path d="M27 -12V12" stroke-width="5"/>';
}

function fuselageMark({ fuselage }: Marks): string {
  if (fuselage === 'stripe') return '<path d="M-46 -1H18" stroke-width="4"/>';
  return [-32, -22, 8, 17]
    .map((x) => `<circle cx="${x}" cy="-1.5" r="1.3" stroke-width="2.6"/>`)
    .join('');
}

function wingMark({ wing }: Marks, sweep: number): string {
  const x = sweep / 2;
  if (wing === 'bars') {
    return `<path d="M${-34 + x} 16.5H20M${-40 + x} 25H20" stroke-width="4"/>`;
  }
  return `<circle cx="${-13.5 + x}" cy="20" r="2.8" stroke-width="5.6"/>`;
}
