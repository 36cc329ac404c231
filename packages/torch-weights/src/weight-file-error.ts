/** A file of weights that is damaged, hostile, of a kind that is not read, or refused by the file system. */
export class WeightFileError extends Error {
  /** Tells it apart, also where `instanceof` cannot: across frames and copies of the package. */
  override readonly name = 'WeightFileError';
  /** Name of the file, and of the record inside it. */
  readonly file: string;

  /** @param message what was expected, what came, what to do; the file is put in front of it */
  constructor(file: string, message: string, options?: ErrorOptions) {
    super(visible(`[@fbsd/torch-weights] ${file}: ${message}`), options);
    this.file = file;
  }
}

/** Without what a terminal obeys: control characters, and those that turn the direction of text, are escaped. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) as number).toString(16);
    return `\\u{${code}}`;
  });
}

/** Text or a number out of a file as an error may show it: short, on one line, no control characters. */
export function quoted(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string')
    return value === null ? 'nothing' : `something of type ${typeof value}`;
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}
