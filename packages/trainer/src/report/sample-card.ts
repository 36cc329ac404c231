import { headNames } from '@fbsd/fbsd';
import type { Annotations } from '../explain/annotations.ts';
import type { Inspection, LevelInspection } from '../explain/inspect-images.ts';
import type { WholePicture } from '../explain/whole-picture.ts';
import { percent, significant } from '../format.ts';
import { annotationMarks, annotationText } from './annotation-marks.ts';
import type { Encoder } from './encoder.ts';
import { type Html, html } from './html.ts';
import { pictureWithCrop } from './picture-with-crop.ts';
import {
  boostedPicture,
  listOfStrips,
  responsePicture,
  suppressedPicture,
} from './strip-pictures.ts';

/** An image of the report. */
export interface ReportSample {
  /** The square crop that the model saw: red, green, blue, row by row, S·S·3 bytes. */
  pixels: Uint8Array;
  /** The picture before it was made square, to be shown beside the crop. @default the crop alone */
  whole?: WholePicture;
  /** Its true class, when it is known. */
  label?: number;
  /** Its name, to be shown. */
  file: string;
  /** Where the data set says that the object and its parts are, when it does. */
  annotations?: Annotations;
  /** The model's work on it. */
  inspection: Inspection;
}

interface CardArgs {
  sample: ReportSample;
  /** Position in the report, for ids. */
  index: number;
  classNames: readonly string[];
  encoder: Encoder;
}

/** Classes listed with their probability. */
const TOP = 3;

/** One image with its class, the predictions, and the strips that each level boosted and suppressed. */
export async function sampleCard({ sample, index, classNames, encoder }: CardArgs): Promise<Html> {
  const { pixels, whole, label, file, annotations, inspection } = sample;
  const photo = `photo-${index}`;
  const marks = annotations && `marks-${index}`;
  const uri = await encoder.photo(pixels, Math.sqrt(pixels.length / 3));
  const heatMaps = await Promise.all(
    inspection.levels.map(({ heatMap }) => encoder.heatMap(heatMap)),
  );
  const name = (index: number) => classNames[index] ?? `class ${index}`;
  const title = label === undefined ? name(inspection.predicted) : name(label);
  return html`<article class="sample" id="${cardId(index)}">
<div class="subject">
<div class="pair">${whole && (await pictureWithCrop(whole, encoder, `${file} as it is, ${whole.width}×${whole.height} pixels`))}<svg class="picture" style="flex:100" viewBox="0 0 100 100" role="img" aria-label="${file}: ${title}${annotations && html`. ${annotationText(annotations)}`}"><image id="${photo}" href="${uri}" width="100" height="100" preserveAspectRatio="none"/>${annotations && annotationMarks(annotations, marks as string)}</svg></div>
${whole && html`<p>as it is; what is framed, made square, is what the model sees</p>`}
<h3>${title}</h3>
${verdict(inspection.predicted, label, name)}
${classBars(inspection.combined, label, name)}
${headTable(inspection.heads, label, name)}
<p class="file">${file}</p>
</div>
<div class="levels">
<div class="level head ${inspection.levels[0]?.axis}" aria-hidden="true"><span>boosted <em>to this level’s classifier</em></span><span>suppressed <em>to the next stage</em></span><span>response <em>of the boosted map</em></span></div>
${inspection.levels.map((level, i) => levelRow(level, photo, heatMaps[i] as string, marks))}
</div>
</article>`;
}

/** The id of a picture's card. */
export function cardId(index: number): string {
  return `sample-${index}`;
}

function verdict(predicted: number, label: number | undefined, name: (i: number) => string): Html {
  if (label === undefined) return html`<p class="verdict">predicted, true class not given</p>`;
  return predicted === label
    ? html`<p class="verdict right">✓ predicted right</p>`
    : html`<p class="verdict wrong">✗ predicted <b>${name(predicted)}</b></p>`;
}

/** The likeliest classes of all heads together. */
function classBars(
  probabilities: readonly number[],
  label: number | undefined,
  name: (i: number) => string,
): Html {
  const likeliest = ranked(probabilities).slice(0, TOP);
  return html`<ol class="bars" aria-label="likeliest classes">${likeliest.map(
    ([index, probability]) =>
      html`<li${index === label && html` class="true"`}><span>${name(index)}</span><b>${percent(probability)}</b><i style="width:${percent(probability)}"></i></li>`,
  )}</ol>`;
}

/** The prediction of each head alone. */
function headTable(
  heads: readonly (readonly number[])[],
  label: number | undefined,
  name: (i: number) => string,
): Html {
  const names = headNames(heads.length);
  return html`<details open><summary>each head alone</summary><table class="plain">${heads.map(
    (probabilities, i) => {
      const [index, probability] = ranked(probabilities)[0] as [number, number];
      const mark = label !== undefined && (index === label ? '✓ ' : '✗ ');
      return html`<tr><th scope="row">${names[i]}</th><td>${mark}${name(index)}</td><td class="number">${percent(probability)}</td></tr>`;
    },
  )}</table></details>`;
}

function levelRow(level: LevelInspection, photo: string, heatMap: string, marks?: string): Html {
  return html`<section class="level ${level.axis}">
<div class="note"><h4>Level ${level.level}</h4><p>${story(level)}</p></div>
${boostedPicture(level, photo, marks)}${suppressedPicture(level, photo)}${responsePicture(level, photo, heatMap, marks)}
</section>`;
}

/** The level's work in words. */
function story(level: LevelInspection): Html {
  const { probabilities, suppressed, alpha, beta, suppressedIsUsed } = level;
  if (suppressed.length === 0) return html`No strip wins: the scores are not numbers.`;
  const strips = listOfStrips(level);
  const probability = probabilities[suppressed[0] as number] as number;
  const boost = significant(1 + alpha * probability);
  return html`${strips[0]?.toUpperCase()}${strips.slice(1)} ${suppressed.length > 1 ? 'tie' : 'wins'} with ${percent(probability)}: boosted ×${boost} here${
    suppressedIsUsed
      ? html`, suppressed ×${significant(1 - beta)} for the next stage.`
      : html`; no stage follows, so suppressing has no effect.`
  }`;
}

/** [class, probability], likeliest first. */
function ranked(probabilities: readonly number[]): [number, number][] {
  return probabilities
    .map((probability, index): [number, number] => [index, probability])
    .sort((a, b) => b[1] - a[1]);
}
