import { count, percent } from '../format.ts';
import { RIGHT, WRONG } from './colours.ts';
import { type Confusion, mostFrequentConfusions, share } from './confusion-counts.ts';
import type { Encoder } from './encoder.ts';
import { type Html, html } from './html.ts';
import { integerTicks } from './ticks.ts';

/** Side of the overview's matrix, and room for the numbers of classes, in the unit of its viewBox. */
const SIDE = 600;
const MARGIN = 34;
/** Side of a cell of the matrix with names, in pixels: a line of small text. */
const CELL = 12;
/** Cells of the matrix with names that say what they are; so many are legible, and small enough for a page. */
const MOST_TOLD = 2000;

/**
 * The confusion matrix of many classes: an overview with numbers of classes at its axes, and one that is large enough
 * for their names, to be scrolled.
 */
export async function confusionPicture(
  confusion: Confusion,
  classNames: readonly string[],
  encoder: Pick<Encoder, 'pixels'>,
): Promise<{ overview: Html; withNames: Html }> {
  const uri = await encoder.pixels(pixelsOf(confusion), confusion.length, confusion.length);
  return { overview: overview(confusion, uri), withNames: withNames(confusion, classNames, uri) };
}

/** One pixel per cell: its opacity is the share of the true class, its colour right or wrong. */
function pixelsOf(confusion: Confusion): Uint8Array {
  const classes = confusion.length;
  const pixels = new Uint8Array(classes * classes * 4);
  confusion.forEach((row, truth) => {
    row.forEach((images, predicted) => {
      const colour = truth === predicted ? RIGHT : WRONG;
      // The root lifts rare confusions to where they can be seen.
      const opacity = Math.round(255 * Math.sqrt(share(images, row)));
      pixels.set([...colour, opacity], (truth * classes + predicted) * 4);
    });
  });
  return pixels;
}

function overview(confusion: Confusion, uri: string): Html {
  const classes = confusion.length;
  const middle = (number: number) => ((number - 0.5) / classes) * SIDE;
  const ticks = integerTicks(1, classes).map((number) => {
    const at = Math.round(middle(number) * 10) / 10;
    return html`<path class="grid" d="M0 ${at}H${-6}M${at} 0V${-6}M0 ${at}H${SIDE}M${at} 0V${SIDE}"/>
<text class="tick" x="-9" y="${at}" text-anchor="end" dominant-baseline="central">${number}</text><text class="tick" x="${at}" y="-10" text-anchor="middle">${number}</text>`;
  });
  return html`<figure><svg class="overview" viewBox="${-MARGIN} ${-MARGIN} ${SIDE + MARGIN + 1} ${SIDE + MARGIN + 1}" role="img" aria-label="Confusion matrix of ${classes} classes: right answers lie on the diagonal. The most frequent confusions are listed as a table.">
<rect class="ground" width="${SIDE}" height="${SIDE}"/>${ticks}
<image class="cells-picture" href="${uri}" width="${SIDE}" height="${SIDE}" preserveAspectRatio="none"/>
</svg>
<figcaption>Down: true class. Across: predicted class. The numbers are those of the table of classes. <i class="key right"></i> right, <i class="key wrong"></i> wrong; the stronger, the larger the share of the true class.</figcaption></figure>`;
}

function withNames(confusion: Confusion, classNames: readonly string[], uri: string): Html {
  const side = confusion.length * CELL;
  const told = mostFrequentConfusions(confusion).slice(0, MOST_TOLD);
  const cells = told.map(
    ({ truth, predicted, images, share }) =>
      html`<rect x="${predicted * CELL}" y="${truth * CELL}" width="${CELL}" height="${CELL}"><title>${classNames[truth]}, taken for ${classNames[predicted]}: ${count(images)}, ${percent(share, 0)} of the class</title></rect>\n`,
  );
  const names = classNames.map((name) => html`<li title="${name}">${name}</li>`);
  return html`<details><summary>The matrix with the names of all classes</summary>
<p class="quiet">Down: true class. Across: predicted class. Point at a red cell for what it is.</p>
<div class="scroll named-matrix" tabindex="0" role="region" aria-label="Confusion matrix with the names of all classes">
<span class="corner"></span>
<ol class="across" aria-hidden="true">${names}</ol>
<ol class="down" aria-hidden="true">${names}</ol>
<svg viewBox="0 0 ${side} ${side}" width="${side}" height="${side}" role="img" aria-label="Confusion matrix of ${confusion.length} classes"><image class="cells-picture" href="${uri}" width="${side}" height="${side}"/><g class="told">${cells}</g></svg>
</div></details>`;
}
