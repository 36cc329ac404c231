import { count, percent } from '../format.ts';
import { type Confusion, share, total } from './confusion-counts.ts';
import { type Html, html } from './html.ts';

interface ClassRow {
  /** From 1, as at the axes of the confusion matrix. */
  number: number;
  name: string;
  images: number;
  /** Share of its images that were recognised; NaN without images. */
  accuracy: number;
  /** Share of what was put in it that belongs there; NaN when nothing was. */
  precision: number;
  /** The class that its images were mostly taken for, when they were for another. */
  rival?: { name: string; images: number };
}

/** An order of the table: what it is called, and which of two rows comes first. */
const ORDERS: Readonly<
  Record<string, [name: string, compare: (a: ClassRow, b: ClassRow) => number]>
> = {
  worst: ['lowest accuracy', (a, b) => last(a.accuracy) - last(b.accuracy) || b.images - a.images],
  best: [
    'highest accuracy',
    (a, b) => last(-a.accuracy) - last(-b.accuracy) || b.images - a.images,
  ],
  precision: ['lowest precision', (a, b) => last(a.precision) - last(b.precision)],
  images: ['most images', (a, b) => b.images - a.images],
  name: ['name', (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })],
  number: ['number', (a, b) => a.number - b.number],
};

/** The orders, as the style sheet knows them. */
export const ORDER_NAMES: readonly string[] = Object.keys(ORDERS);

/**
 * A row for each class, in the order that the reader chooses. A page without a script cannot move rows; the style
 * sheet puts them in order, by the place that each row has in the order that is checked.
 */
export function classTable(confusion: Confusion, classNames: readonly string[]): Html {
  const rows = rowsOf(confusion, classNames);
  const places = Object.entries(ORDERS).map(([key, [, compare]]) => {
    const sorted = [...rows].sort((a, b) => compare(a, b) || a.number - b.number);
    return [key, new Map(sorted.map((row, place) => [row, place + 1]))] as const;
  });
  const listed = [...rows].sort((a, b) => ORDERS['worst']?.[1](a, b) || a.number - b.number);
  return html`<div class="classes">
<p id="order-of-classes" class="quiet">In the order of</p>
<div class="orders" role="radiogroup" aria-labelledby="order-of-classes">${Object.entries(
    ORDERS,
  ).map(
    ([key, [name]], i) =>
      html`<label><input type="radio" name="order-of-classes" class="by-${key}"${i === 0 && html` checked`}> ${name}</label>\n`,
  )}</div>
<div class="scroll rows" tabindex="0" role="region" aria-label="Classes"><table>
<thead><tr><th scope="col" class="number">no.</th><th scope="col">class</th><th scope="col" class="number">images</th><th scope="col" class="number">right</th><th scope="col">accuracy</th><th scope="col" class="number" title="share of what was put in the class that belongs there">precision</th><th scope="col">mostly taken for</th></tr></thead>
<tbody>${listed.map((row) => classRow(row, places.map(([key, place]) => `--${key}:${place.get(row)}`).join(';')))}</tbody>
</table></div></div>`;
}

function classRow(
  { number, name, images, accuracy, precision, rival }: ClassRow,
  style: string,
): Html {
  const right = Math.round((images > 0 ? accuracy : 0) * images);
  return html`<tr style="${style}"><td class="number">${number}</td><th scope="row">${name}</th><td class="number">${count(images)}</td><td class="number">${count(right)}</td><td><div><span class="meter" aria-hidden="true"><i style="width:${images > 0 ? percent(accuracy) : '0%'}"></i></span><b>${percent(accuracy)}</b></div></td><td class="number">${percent(precision)}</td><td>${rival && `${rival.name} (${count(rival.images)})`}</td></tr>\n`;
}

function rowsOf(confusion: Confusion, classNames: readonly string[]): ClassRow[] {
  const putInto = confusion.map((_, predicted) =>
    confusion.reduce((sum, row) => sum + (row[predicted] as number), 0),
  );
  return confusion.map((row, index) => {
    const right = row[index] as number;
    const others = row.map((images, predicted) => (predicted === index ? 0 : images));
    const most = Math.max(...others);
    const rival = { name: classNames[others.indexOf(most)] as string, images: most };
    return {
      number: index + 1,
      name: classNames[index] as string,
      images: total(row),
      accuracy: total(row) > 0 ? share(right, row) : Number.NaN,
      precision: right / (putInto[index] as number),
      ...(most > 0 && { rival }),
    };
  });
}

/** What is not known comes last, in every order. */
function last(value: number): number {
  return Number.isNaN(value) ? Number.MAX_VALUE : value;
}
