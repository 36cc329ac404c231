import type { Mistake } from '../explain/mistakes.ts';
import { count, percent } from '../format.ts';
import type { PictureResult } from '../train/picture-result.ts';
import type { Encoder } from './encoder.ts';
import { type Html, html } from './html.ts';
import { pictureWithCrop } from './picture-with-crop.ts';

interface MistakesArgs {
  /** The worst, those that the model was surest of first. */
  mistakes: readonly Mistake[];
  /** Of all test pictures. */
  results: readonly PictureResult[];
  classNames: readonly string[];
  encoder: Encoder;
  /** The id of the card that explains a picture, by its file; none where there is none. */
  cardOf(file: string): string | undefined;
}

/** A gallery of test pictures that were put in a wrong class. */
export async function mistakesSection(args: MistakesArgs): Promise<Html> {
  const { mistakes, results, classNames, encoder, cardOf } = args;
  const figures = await Promise.all(
    mistakes.map((mistake) => figure(mistake, classNames, encoder, cardOf(mistake.file))),
  );
  return html`<p class="lede">${told(results, mistakes.length)}</p>
${figures.length > 0 && html`<ol class="gallery">${figures}</ol>`}`;
}

/** How many pictures were put in a wrong class, and which of them are shown. */
function told(results: readonly PictureResult[], shown: number): string {
  const undecided = results.filter(({ predicted }) => predicted === null).length;
  const wrong = results.filter(({ label, predicted }) => predicted !== label).length - undecided;
  const sentences: string[] = [];
  if (undecided > 0) {
    sentences.push(`For ${pictures(undecided)} the model’s outputs are not finite.`);
  }
  if (wrong > 0) {
    const all = wrong <= shown ? ', those that the model was surest of first' : '';
    const verb = wrong === 1 ? 'was' : 'were';
    sentences.push(`${pictures(wrong)} ${verb} put in a wrong class${all}.`);
  }
  if (wrong > shown && shown > 0) {
    sentences.push(`These are the ${shown} that the model was surest of.`);
  }
  return sentences.join(' ') || 'Every test picture was put in its class.';
}

function pictures(number: number): string {
  return `${count(number)} test ${number === 1 ? 'picture' : 'pictures'}`;
}

async function figure(
  { file, label, predicted, probability, probabilityOfTruth, picture }: Mistake,
  classNames: readonly string[],
  encoder: Encoder,
  card: string | undefined,
): Promise<Html> {
  const [truth, wrong] = [classNames[label], classNames[predicted]];
  const description = `${file}: ${truth}, taken for ${wrong}`;
  return html`<li>${await pictureWithCrop(picture, encoder, description)}
<p class="wrong">✗ <b>${wrong}</b> ${percent(probability)}</p>
<p>is <b>${truth}</b> ${percent(probabilityOfTruth)}</p>
<p class="file">${file}${card && html` · <a href="#${card}">what each level saw</a>`}</p></li>
`;
}
