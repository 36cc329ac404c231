import type { Mistake } from '../explain/mistakes.ts';
import { count, percent } from '../format.ts';
import type { Encoder } from './encoder.ts';
import { type Html, html } from './html.ts';
import { pictureWithCrop } from './picture-with-crop.ts';

interface MistakesArgs {
  /** The worst, those that the model was surest of first. */
  mistakes: readonly Mistake[];
  /** How many there are of all test pictures. */
  wrong: number;
  classNames: readonly string[];
  encoder: Encoder;
  /** The id of the card that explains a picture, by its file; none where there is none. */
  cardOf(file: string): string | undefined;
}

/** A gallery of test pictures that were put in a wrong class. */
export async function mistakesSection(args: MistakesArgs): Promise<Html> {
  const { mistakes, wrong, classNames, encoder, cardOf } = args;
  if (wrong === 0) return html`<p class="lede">Every test picture was put in its class.</p>`;
  const shown =
    mistakes.length < wrong
      ? html`${count(wrong)} test pictures were put in a wrong class. These are the ${mistakes.length} that the model was surest of.`
      : html`${count(wrong)} test ${wrong === 1 ? 'picture was' : 'pictures were'} put in a wrong class, those that the model was surest of first.`;
  const figures = await Promise.all(
    mistakes.map((mistake) => figure(mistake, classNames, encoder, cardOf(mistake.file))),
  );
  return html`<p class="lede">${shown}</p>
${figures.length > 0 && html`<ol class="gallery">${figures}</ol>`}`;
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
