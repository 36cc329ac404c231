import type { LevelInspection } from '../explain/inspect-images.ts';
import { percent, significant } from '../format.ts';
import { glow } from './glow.ts';
import { type Html, html } from './html.ts';

/** Side of a photo in the unit of the viewBox. */
export const SIDE = 100;
/** Depth of the scale beside it. */
const SCALE = 30;
/** A strip needs this depth for a legible number. */
const LEGIBLE = 7;
/** How dark a strip becomes that is boosted least of all imaginable ones. */
const DARKEST = 0.75;

/** Depth of the scale of responses below them, and the places at which its colours are given. */
const RESPONSE_SCALE = 13;
const STOPS = [0, 0.25, 0.5, 0.75, 1];

/** Patterns that the pictures of strips fill with; once per page, before the first of them. */
export const STRIP_PATTERNS: Html = html`<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4" fill="#000" fill-opacity="0.35"/><rect width="1.1" height="4" fill="#fff" fill-opacity="0.75"/></pattern>
<linearGradient id="glow">${STOPS.map((at) => html`<stop offset="${at}" ${stopColour(at)}/>`)}</linearGradient>
</defs></svg>`;

function stopColour(value: number): Html {
  const [red, green, blue] = glow(value);
  return html`stop-color="rgb(${red} ${green} ${blue})"`;
}

/**
 * The photo as the level's classifier gets it: the brighter a strip, the more it is boosted compared
 * with the most boosted one, which is framed. The scale beside it gives the probabilities.
 *
 * @param photo the id of the photo's `<image>` in the page, 100 × 100 units
 * @param marks the id of what is drawn over the photo, when there is something
 */
export function boostedPicture(level: LevelInspection, photo: string, marks?: string): Html {
  const most = Math.max(...level.probabilities);
  const strips = level.strips.map((_, i) => {
    const probability = level.probabilities[i] as number;
    const shade = DARKEST * (1 - probability / most);
    return html`<rect ${area(level, i)} fill="#000" fill-opacity="${rounded(shade, 3)}"><title>${describe(level, i)}</title></rect>`;
  });
  const frames = level.suppressed.map((i) => html`<rect class="frame" ${area(level, i, 0.75)}/>`);
  const upright = level.axis === 'height';
  const size = upright ? `${SIDE + SCALE} ${SIDE}` : `${SIDE} ${SIDE + SCALE}`;
  return html`<svg class="picture" viewBox="0 0 ${size}" role="img" aria-label="Boosted: ${level.strips.map((_, i) => describe(level, i)).join(', ')}">
<use href="#${photo}"/>${strips}${overlay(marks)}${frames}${level.strips.map((_, i) => scaleBar(level, i, most))}
</svg>`;
}

/** The photo as the next stage gets it: the suppressed strips are darkened and hatched. */
export function suppressedPicture(level: LevelInspection, photo: string): Html {
  const covers = level.suppressed.map(
    (i) => html`<rect ${area(level, i)} fill="#000" fill-opacity="${level.beta}"/>
<rect ${area(level, i)} fill="url(#hatch)"><title>${describe(level, i)}</title></rect>`,
  );
  return html`<svg class="picture${!level.suppressedIsUsed && ' unused'}" viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="Suppressed: ${listOfStrips(level)}">
<use href="#${photo}"/>${covers}
</svg>`;
}

/**
 * The photo, faded, under the heat map of the boosted response; below it the scale of its colours, from the smallest to
 * the largest norm of the features at a position.
 */
export function responsePicture(
  level: LevelInspection,
  photo: string,
  heatMap: string,
  marks?: string,
): Html {
  const { range } = level.heatMap;
  const depth = range ? RESPONSE_SCALE : 0;
  const told = range && `, from ${significant(range[0])} to ${significant(range[1])}`;
  return html`<svg class="picture" viewBox="0 0 ${SIDE} ${SIDE + depth}" role="img" aria-label="Response of the boosted map of level ${level.level}${told}">
<g class="faded"><use href="#${photo}"/></g>
<image href="${heatMap}" width="${SIDE}" height="${SIDE}" preserveAspectRatio="none"/>${overlay(marks)}${range && responseScale(range)}
</svg>`;
}

function responseScale([least, most]: readonly [number, number]): Html {
  return html`<rect x="0" y="${SIDE + 2}" width="${SIDE}" height="3" fill="url(#glow)"/>
<text class="bar-label" x="0" y="${SIDE + 11}">${significant(least)}</text><text class="bar-label" x="${SIDE}" y="${SIDE + 11}" text-anchor="end">${significant(most)}</text>`;
}

function overlay(marks: string | undefined): Html | undefined {
  return marks === undefined ? undefined : html`<use class="light" href="#${marks}"/>`;
}

/** 'strip 3 of 8', 'strips 2, 5 of 8': those that the level boosts most and suppresses. */
export function listOfStrips({ suppressed, parts }: LevelInspection): string {
  const numbers = suppressed.map((i) => i + 1).join(', ');
  return `strip${suppressed.length > 1 ? 's' : ''} ${numbers} of ${parts}`;
}

function describe({ probabilities, alpha }: LevelInspection, i: number): string {
  const probability = probabilities[i] as number;
  return `strip ${i + 1}: probability ${percent(probability)}, boosted ×${significant(1 + alpha * probability)}`;
}

/** A bar beside strip i, as long as its probability compared with the largest, and the number. */
function scaleBar(level: LevelInspection, i: number, most: number): Html {
  const { start, end } = level.strips[i] as { start: number; end: number };
  const probability = level.probabilities[i] as number;
  const [from, depth] = [start * SIDE + 0.5, (end - start) * SIDE - 1];
  const length = ((SCALE - 2) * probability) / most;
  const winner = level.suppressed.includes(i) && ' winner';
  const upright = level.axis === 'height';
  const bar = upright
    ? html`x="${SIDE + 2}" y="${rounded(from)}" width="${rounded(length)}" height="${rounded(depth)}"`
    : html`x="${rounded(from)}" y="${SIDE + 2}" width="${rounded(depth)}" height="${rounded(length)}"`;
  const middle = rounded(from + depth / 2);
  const text = upright
    ? html`x="${SIDE + 4}" y="${middle}"`
    : html`x="${-SIDE - 4}" y="${middle}" text-anchor="end" transform="rotate(-90)"`;
  return html`<rect class="bar${winner}" ${bar}/>${
    depth >= LEGIBLE &&
    html`<text class="bar-label${winner}" ${text} dominant-baseline="central">${percent(probability)}</text>`
  }`;
}

/** Where strip i lies in the photo, as attributes of a rectangle. */
function area({ strips, axis }: LevelInspection, i: number, inset = 0): Html {
  const { start, end } = strips[i] as { start: number; end: number };
  const from = rounded(start * SIDE + inset);
  const depth = rounded((end - start) * SIDE - 2 * inset);
  const across = SIDE - 2 * inset;
  return axis === 'height'
    ? html`x="${inset}" y="${from}" width="${across}" height="${depth}"`
    : html`x="${from}" y="${inset}" width="${depth}" height="${across}"`;
}

/** For attributes: few digits, and never NaN. */
export function rounded(length: number, digits = 2): number {
  return Number.isFinite(length) ? Number(length.toFixed(digits)) : 0;
}
