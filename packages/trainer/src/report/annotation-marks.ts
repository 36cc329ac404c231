import type { Annotations } from '../explain/annotations.ts';
import { type Html, html } from './html.ts';
import { rounded, SIDE } from './strip-pictures.ts';

/** Radius around a part where its name appears, and of the point that is drawn. */
const REACH = 3;
const POINT = 1.3;

/** The box as an outline and the parts as points with their names, over a photo of 100 × 100 units. */
export function annotationMarks({ box, parts }: Annotations, id: string): Html {
  const area =
    box &&
    html`x="${rounded(box.x * SIDE)}" y="${rounded(box.y * SIDE)}" width="${rounded(box.width * SIDE)}" height="${rounded(box.height * SIDE)}"`;
  return html`<g id="${id}">${
    area &&
    html`<g><title>box around the object</title><rect class="box halo" ${area}/><rect class="box" ${area}/></g>`
  }${parts.map(({ name, x, y }) => {
    const at = html`cx="${rounded(x * SIDE)}" cy="${rounded(y * SIDE)}"`;
    return html`<g><title>${name}</title><circle class="reach" ${at} r="${REACH}"/><circle class="part" ${at} r="${POINT}"/></g>`;
  })}</g>`;
}

/** The marks in words, for readers who do not see them. */
export function annotationText({ box, parts }: Annotations): string {
  const percent = (fraction: number) => `${Math.round(100 * Math.min(1, Math.max(0, fraction)))}%`;
  const range = (from: number, length: number) => `${percent(from)} to ${percent(from + length)}`;
  const sentences = [
    box &&
      `Box from ${range(box.x, box.width)} of the width and ${range(box.y, box.height)} of the height`,
    parts.length > 0 && `visible parts: ${parts.map(({ name }) => name).join(', ')}`,
  ];
  return sentences.filter(Boolean).join('; ');
}

/** Says what the marks are; nothing when no picture has any. */
export function annotationLegend(shown: readonly Annotations[]): Html | false {
  const boxes = shown.some(({ box }) => box);
  const parts = shown.some((annotations) => annotations.parts.length > 0);
  if (!boxes && !parts) return false;
  const box = html`${icon(html`<rect class="box halo" x="2" y="2" width="12" height="12"/><rect class="box" x="2" y="2" width="12" height="12"/>`)}the box around the object`;
  const points = html`${icon(html`<circle class="part" cx="8" cy="8" r="4"/>`)}its visible parts (point at one for its name)`;
  return html`<p class="quiet annotated">From the data set’s annotations, which the model never sees: ${boxes && box}${boxes && parts && ', '}${parts && points}.</p>`;
}

function icon(shapes: Html): Html {
  return html`<svg class="legend-mark" viewBox="0 0 16 16" aria-hidden="true">${shapes}</svg>`;
}
