/*
 * This file stands in every package with options, the same in all of them, because each installs alone: a package to
 * share it would be a dependency of each layer, for fewer lines than its package.json has.
 */

/** What every layer of tfjs takes. */
export const LAYER_OPTIONS = [
  'name',
  'trainable',
  'dtype',
  'inputShape',
  'batchInputShape',
  'batchSize',
  'inputDType',
  'weights',
] as const;

/** What tfjs puts among the options of a layer when it loads a model. */
const LOADING = 'customObjects';

/**
 * Refuses what is no object of options, and an option that is not known: misspelled, it would be ignored.
 *
 * @param where the public name that the user called, for the message: `[@fbsd/fdm] fdm`
 * @param example options as they may be, for a message to whoever gave none
 * @throws TypeError that names the nearest option
 */
export function checkKnown(
  where: string,
  options: unknown,
  known: readonly string[],
  example = `{ ${known[0]}: … }`,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${where}: expects options such as ${example}; got ${shown(options)}.`);
  }
  if (isPromise(options)) {
    throw new TypeError(`${where}: expects options such as ${example}; got a Promise. Await it.`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name) && name !== LOADING);
  if (unknown === undefined) return;
  const [nearest] = closest(unknown, known, 1);
  throw new TypeError(
    `${where}: there is no option ${shown(unknown)}. Did you mean '${nearest}'? It takes ${known.join(', ')}.`,
  );
}

/** A value as a message shows it: text in quotes, since '3' is not 3. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(shown).join(',')}]`;
  if (isPromise(value)) return 'a Promise';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Whether it is a Promise, of whatever realm: what an `await` was forgotten in front of. */
export function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** The names most like `name`, best first: those that it is a part of, then by edit distance. */
export function closest(name: string, names: readonly string[], count = 3): string[] {
  const distance = (other: string) =>
    other.toLowerCase().includes(name.toLowerCase()) ? 0 : editDistance(name, other);
  return names
    .map((other) => ({ other, distance: distance(other) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ other }) => other);
}

/** Characters to insert, delete or replace to make `b` of `a` (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
