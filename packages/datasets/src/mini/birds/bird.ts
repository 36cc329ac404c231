import { drawBranch, drawGround } from '../background.ts';
import { inside, linePath, number, type Point, smoothPath, smoothSamples } from '../geometry.ts';
import type { Subject } from '../kind.ts';
import { type Colour, contrasting, type Dice, hex, lighter } from '../paint.ts';
import { drawBeak, drawEye, drawHeadMark, eyeOf, type Head, onHead } from './head.ts';
import type { Looks, Shape } from './looks.ts';
import type { Marks } from './marks.ts';
import { drawTail } from './tail.ts';
import { drawFarWing, drawNearWing } from './wing.ts';

/** By its pose, the degrees that a bird leans, and the ground or branch that it is on. */
const TILTS = { perched: [-24, 12], standing: [-14, 8], flying: [-28, 22] } as const;
const SUPPORTS = {
  perched: (d: Dice, size: number, feet: Point) => drawBranch(d, size, feet),
  standing: (d: Dice, size: number, feet: Point, ground: Colour) =>
    drawGround(d, size, ground, feet[1] - 1),
  flying: () => '',
};

/** Draws a bird of these looks with the marks of its class. */
export function drawBird(looks: Looks, marks: Marks): Subject {
  const { pose, body, roundness } = looks;
  const flying = pose === 'flying';
  const light = body.lightness > 50;
  const head: Head = { centre: flying ? [29, -15] : [24, -23], radius: 16 * looks.headSize };
  const silhouette = silhouetteOf(looks, head);
  const path = smoothPath(silhouette);
  const pen = `stroke="${hex(lighter(body, light ? -38 : -20))}" stroke-width="1.3" stroke-linejoin="round"`;

  const tail = drawTail(looks, marks, pen);
  const beak = drawBeak(head, looks);
  const nearWing = drawNearWing(looks, marks, pen);
  const behind = flying ? drawFarWing(looks, pen) : drawLegs(looks);
  const svg = [
    '<defs><linearGradient id="plumage" x1="0" y1="0" x2="0.35" y2="1">',
    `<stop offset="0.25" stop-color="${hex(body)}"/>`,
    `<stop offset="1" stop-color="${hex(lighter(body, light ? 16 : 9))}"/>`,
    `</linearGradient><clipPath id="body"><path d="${path}"/></clipPath></defs>`,
    behind.svg,
    tail.svg,
    beak.svg,
    `<path d="${path}" fill="url(#plumage)"/><g clip-path="url(#body)">`,
    drawHeadMark(head, looks, marks),
    drawBreastMark(looks, marks),
    `</g><path d="${path}" fill="none" ${pen}/>`,
    nearWing.svg,
    drawEye(head),
  ];

  const parts: Record<string, Point> = {
    back: flying ? [-14, -7] : [-2, -12],
    beak: beak.centre,
    belly: [2, 15 * roundness],
    breast: [26, 3],
    crown: onHead(head, -95, 0.85),
    forehead: onHead(head, -45, 0.85),
    'near eye': eyeOf(head),
    nape: onHead(head, -160, 0.85),
    tail: tail.centre,
    throat: onHead(head, 55, 0.85),
    [flying ? 'far wing' : 'near leg']: behind.centre,
  };
  const uncovered = Object.entries(parts).filter(([, at]) => !inside(at, nearWing.outline));
  return {
    svg: svg.join(''),
    outline: [tail, beak, nearWing, behind]
      .flatMap(({ outline }) => outline)
      .concat(smoothSamples(silhouette)),
    parts: { ...Object.fromEntries(uncovered), 'near wing': nearWing.centre },
    feet: [7, footHeight(looks) + 1.5],
    tilt: TILTS[pose],
    support: SUPPORTS[pose],
  };
}

/** Head and body in one, from the beak over the back to the tail and back under the belly. */
function silhouetteOf({ pose, roundness }: Looks, head: Head): Point[] {
  const flying = pose === 'flying';
  return [
    onHead(head, -15),
    onHead(head, -55),
    onHead(head, -100),
    onHead(head, -145),
    flying ? [0, -17] : [2, -15],
    [-16, -8],
    [-30, 0],
    [-29, 8],
    [-14, 15 * roundness],
    [2, 19 * roundness],
    [18, 16 * roundness],
    flying ? [32, 8] : [31, 4],
    onHead(head, 50),
    onHead(head, 15),
  ];
}

/** The mark of the breast. It reaches beyond the body: the caller clips it. */
function drawBreastMark({ body, markSize }: Looks, { breast }: Marks): string {
  const ink = hex(contrasting(body));
  if (breast === 'collar') {
    return `<path d="M10 -10Q24 7 44 -7" fill="none" stroke="${ink}" stroke-width="${number(5 * markSize)}"/>`;
  }
  const speckles: Point[] = [
    [30, -4],
    [24, 1],
    [30, 5],
    [24, 9],
    [17, 13],
    [9, 15],
  ];
  const r = number(2.3 * markSize);
  return speckles.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${ink}"/>`).join('');
}

function footHeight({ pose, roundness }: Looks): number {
  return 17 * roundness + (pose === 'standing' ? 17 : 11);
}

function drawLegs(looks: Looks): Shape {
  const top = 17 * looks.roundness;
  const foot = footHeight(looks);
  const leg = (x: number) => [
    linePath([
      [x - 2, top - 4],
      [x, foot],
    ]),
    ...[-4, 1, 6].map((toe) =>
      linePath([
        [x, foot],
        [x + toe, foot + 2.2],
      ]),
    ),
  ];
  return {
    svg: `<path d="${[...leg(3), ...leg(12)].join('')}" fill="none" stroke="#7a4a21" stroke-width="2" stroke-linecap="round"/>`,
    outline: [
      [-2, foot + 3.2],
      [19, foot + 3.2],
    ],
    centre: [12, (top + foot) / 2],
  };
}
