/** A value that {@link html} takes between the pieces of a template. */
export type Content = Html | string | number | false | null | undefined | readonly Content[];

/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/**
 * A template literal whose values are escaped, so that no data can become markup: `<`, `>`, `&` and
 * both quotes. Values that are {@link Html} stay as they are, arrays are joined, and `false`, `null`
 * and `undefined` are left out. Attribute values must stand in quotes.
 */
export function html(pieces: TemplateStringsArray, ...values: Content[]): Html {
  const text = pieces.map((piece, i) => (i === 0 ? piece : textOf(values[i - 1]) + piece));
  return new Html(text.join(''));
}

function textOf(content: Content): string {
  if (content === false || content === null || content === undefined) return '';
  if (content instanceof Html) return content.text;
  if (Array.isArray(content)) return content.map(textOf).join('');
  return String(content).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
