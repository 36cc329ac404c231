import type { StateDict } from '@fbsd/torch-weights';
import { closest } from '../known-options.ts';
import type { NamingScheme } from './names.ts';

/** An entry whose shape the model cannot take, both in PyTorch's layout. */
export interface Misshaped {
  /** Name of the entry in the file. */
  readonly name: string;
  /** Shape that the model needs. */
  readonly expected: readonly number[];
  /** Shape in the file. */
  readonly actual: readonly number[];
}

/** What `loadStateDict` did. All names are those of the file's way of naming, without the prefix. */
export interface LoadReport {
  /** The way of naming that the file was found to use. */
  readonly names: NamingScheme;
  /** What stands before the names of the model's weights in the file: `backbone.`, `module.`, or nothing. */
  readonly prefix: string;
  /** Entries that a weight of the model now has. */
  readonly loaded: string[];
  /** Weights of the model that the file has no entry for. */
  readonly missing: string[];
  /** Entries of the file that no weight of the model takes; batch counters are not counted. */
  readonly unexpected: string[];
  /** Entries that were left out because of their shape. */
  readonly misshaped: Misshaped[];
  /**
   * Entries of the file's own classifier that were left out, since it has other classes than the model
   * or the model has none. Normal when a backbone is put to use on a new data set.
   */
  readonly classifier: string[];
  /** Entries that do not begin with the prefix, by their whole names: they are of something else, and were left out. */
  readonly outside: string[];
  /** All of this in a few sentences. */
  readonly summary: string;
}

/** Names shown of each list. */
const SHOWN = 4;

/** The report in words, for people. */
export function summary(report: Omit<LoadReport, 'summary'>): string {
  const { loaded, names, prefix, classifier, missing, unexpected, misshaped, outside } = report;
  const shapes = misshaped.map(
    ({ name, expected, actual }) => `${name} [${actual}] for [${expected}]`,
  );
  return [
    `${loaded.length} entries fit (names of ${names}${prefix && `, behind ${printable(prefix)}`}).`,
    outside.length > 0 && `What is not behind it is left out: ${some(outside)}.`,
    classifier.length > 0 &&
      `The file's own classifier (${some(classifier)}) is left out, as is normal for a model with other classes.`,
    missing.length > 0 && `${missing.length} missing: ${some(missing)}.`,
    unexpected.length > 0 && `${unexpected.length} unexpected: ${some(unexpected)}.`,
    shapes.length > 0 && `${shapes.length} of another shape: ${some(shapes)}.`,
  ]
    .filter((sentence) => sentence !== false)
    .join(' ');
}

/** Weights of the model that are shown beside what is nearest in the file. */
const COMPARED = 3;

/** Where nothing fits: names that the model needs, each with the nearest one of the file. */
export function nearestNames(missing: readonly string[], dict: StateDict): string {
  const names = [...dict.keys()];
  if (names.length === 0) return 'The file has no tensors.';
  const pairs = missing.slice(0, COMPARED).map((name) => {
    const [nearest] = closest(name, names, 1) as [string];
    return `${name}: ${printable(nearest)} [${dict.get(nearest)?.shape}]`;
  });
  return `What the model needs, and what is nearest in the file: ${pairs.join('; ')}.`;
}

function some(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).map(printable).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Names out of a file may hold anything: short, on one line, no control characters. */
function printable(name: string): string {
  if (/^[\w./[\], -]{1,200}$/.test(name)) return name;
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
