import { percent } from '../format.ts';
import { type Confusion, mostFrequentConfusions, share } from './confusion-counts.ts';
import { confusionPicture } from './confusion-picture.ts';
import type { Encoder } from './encoder.ts';
import { type Html, html } from './html.ts';

/** Up to here every cell is written out; beyond, the matrix is a picture. */
const MOST_WRITTEN_CLASSES = 24;
/** Confusions listed beside a matrix that is written out, and beside a picture of one. */
const CONFUSIONS_BESIDE_TABLE = 10;
const CONFUSIONS_BESIDE_PICTURE = 20;

/** The confusion matrix and the most frequent confusions. */
export async function confusionSection(
  confusion: Confusion,
  classNames: readonly string[],
  encoder: Pick<Encoder, 'pixels'>,
): Promise<Html> {
  if (confusion.length <= MOST_WRITTEN_CLASSES) {
    return html`<div class="confusion">
<div class="matrix">${confusionTable(confusion, classNames)}</div>
<div>${confusionList(confusion, classNames, CONFUSIONS_BESIDE_TABLE)}</div>
</div>`;
  }
  const { overview, withNames } = await confusionPicture(confusion, classNames, encoder);
  return html`<div class="confusion">
<div class="matrix">${overview}</div>
<div>${confusionList(confusion, classNames, CONFUSIONS_BESIDE_PICTURE)}</div>
</div>
${withNames}`;
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

function confusionList(confusion: Confusion, classNames: readonly string[], most: number): Html {
  const confusions = mostFrequentConfusions(confusion).slice(0, most);
  if (confusions.length === 0)
    return html`<p class="quiet">No test image was put in a wrong class.</p>`;
  return html`<table class="plain"><caption>Most frequent confusions</caption>
<thead><tr><th scope="col">true class</th><th scope="col">predicted as</th><th scope="col" class="number">images</th><th scope="col" class="number">of class</th></tr></thead>
<tbody>${confusions.map(({ truth, predicted, images, share }) => html`<tr><td>${classNames[truth]}</td><td>${classNames[predicted]}</td><td class="number">${images}</td><td class="number">${percent(share, 0)}</td></tr>\n`)}</tbody></table>`;
}
