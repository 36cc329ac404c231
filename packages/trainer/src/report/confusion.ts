import { count, percent } from '../format.ts';
import { RIGHT, WRONG } from './colours.ts';
import type { Encoder } from './encoder.ts';
import { type Html, html } from './html.ts';

/** confusion[true class][predicted class] = number of images. */
export type Confusion = readonly (readonly number[])[];

/** Up to here every cell is written out; beyond, the matrix is a picture. */
const MOST_WRITTEN_CLASSES = 24;
/** Confusions listed beside a matrix that is written out, and beside a picture of one. */
const CONFUSIONS_BESIDE_TABLE = 10;
const CONFUSIONS_BESIDE_PICTURE = 20;

/** The confusion matrix, the most frequent confusions and, on demand, the accuracy of each class. */
export async function confusionSection(
  confusion: Confusion,
  classNames: readonly string[],
  encoder: Pick<Encoder, 'pixels'>,
): Promise<Html> {
  const [matrix, listed] =
    confusion.length <= MOST_WRITTEN_CLASSES
      ? [confusionTable(confusion, classNames), CONFUSIONS_BESIDE_TABLE]
      : [await confusionPicture(confusion, encoder), CONFUSIONS_BESIDE_PICTURE];
  return html`<div class="confusion">
<div class="matrix">${matrix}</div>
<div>${confusionList(confusion, classNames, listed)}</div>
</div>
${classAccuracies(confusion, classNames)}`;
}

function confusionTable(confusion: Confusion, classNames: readonly string[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><table class="cells">
<caption>Rows: true class. Columns: predicted class. Number of test images.</caption>
<thead><tr><td></td>${classNames.map((name) => html`<th scope="col" title="${name}"><span>${name}</span></th>`)}</tr></thead>
<tbody>${confusion.map(
    (row, truth) =>
      html`<tr><th scope="row" title="${classNames[truth]}"><span>${classNames[truth]}</span></th>${row.map((images, predicted) => cell(images, share(images, row), truth === predicted))}</tr>\n`,
  )}</tbody></table></div>`;
}

function cell(images: number, share: number, right: boolean): Html {
  if (images === 0) return html`<td class="${right ? 'right none' : 'none'}">·</td>`;
  const kind = `${right ? 'right' : 'wrong'}${share > 0.5 ? ' strong' : ''}`;
  return html`<td class="${kind}" style="--share:${percent(share, 0)}">${images}</td>`;
}

/** One pixel per cell: its opacity is the share of the true class, its colour right or wrong. */
async function confusionPicture(
  confusion: Confusion,
  encoder: Pick<Encoder, 'pixels'>,
): Promise<Html> {
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
  const uri = await encoder.pixels(pixels, classes, classes);
  return html`<figure><img class="pixels" src="${uri}" width="${classes}" height="${classes}" alt="Confusion matrix of ${classes} classes: right answers lie on the diagonal. The most frequent confusions are listed as a table.">
<figcaption>Down: true class, 1 to ${classes}. Across: predicted class. <i class="key right"></i> right, <i class="key wrong"></i> wrong; the stronger, the larger the share of the true class.</figcaption></figure>`;
}

function confusionList(confusion: Confusion, classNames: readonly string[], most: number): Html {
  const confusions = mostFrequentConfusions(confusion).slice(0, most);
  if (confusions.length === 0)
    return html`<p class="quiet">No test image was put in a wrong class.</p>`;
  return html`<table class="plain"><caption>Most frequent confusions</caption>
<thead><tr><th scope="col">true class</th><th scope="col">predicted as</th><th scope="col" class="number">images</th><th scope="col" class="number">of class</th></tr></thead>
<tbody>${confusions.map(({ truth, predicted, images, share }) => html`<tr><td>${classNames[truth]}</td><td>${classNames[predicted]}</td><td class="number">${images}</td><td class="number">${percent(share, 0)}</td></tr>\n`)}</tbody></table>`;
}

/** The mistakes, most images first, then the largest share of the true class. */
export function mostFrequentConfusions(
  confusion: Confusion,
): { truth: number; predicted: number; images: number; share: number }[] {
  return confusion
    .flatMap((row, truth) =>
      row.map((images, predicted) => ({ truth, predicted, images, share: share(images, row) })),
    )
    .filter(({ truth, predicted, images }) => truth !== predicted && images > 0)
    .sort((a, b) => b.images - a.images || b.share - a.share);
}

function classAccuracies(confusion: Confusion, classNames: readonly string[]): Html {
  const classes = confusion
    .map((row, index) => ({
      name: classNames[index] as string,
      images: total(row),
      accuracy: share(row[index] as number, row),
    }))
    .sort((a, b) => a.accuracy - b.accuracy);
  return html`<details><summary>Accuracy of each class, lowest first</summary><table class="plain">
<thead><tr><th scope="col">class</th><th scope="col" class="number">images</th><th scope="col" class="number">accuracy</th></tr></thead>
<tbody>${classes.map(({ name, images, accuracy }) => html`<tr><td>${name}</td><td class="number">${count(images)}</td><td class="number">${images > 0 ? percent(accuracy) : '–'}</td></tr>\n`)}</tbody></table></details>`;
}

/** The share of a class that an entry is; 0 for a class without images. */
function share(images: number, row: readonly number[]): number {
  return images === 0 ? 0 : images / total(row);
}

function total(row: readonly number[]): number {
  return row.reduce((a, b) => a + b, 0);
}
