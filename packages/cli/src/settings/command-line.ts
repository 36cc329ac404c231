import { UserError } from '@fbsd/trainer';
import { nearest } from './nearest.ts';

/** The flags that were given, by name: texts of flags that take a value, `true` for switches. */
export type Given = Record<string, string | boolean>;

/** The arguments of a command. */
export interface CommandLine {
  /** The flags. */
  given: Given;
  /** The words beside them. */
  positionals: readonly string[];
}

/** Names of a command's flags. */
export interface Names {
  /** Flags that take a value. */
  values: readonly string[];
  /** Flags that take none. */
  switches: readonly string[];
  /** Switches that may name a file of JSON: `--json`, `--json result.json`, `--json=FILE`. */
  files?: readonly string[];
  /** Allows words beside the flags. @default false */
  positionals?: boolean;
}

/**
 * Reads the arguments of a command: `--flag value`, `--flag=value`, `--switch`, `-h`. Of a flag that is given twice the
 * last one counts; everything after `--` is no flag.
 *
 * @throws UserError that names what is no flag of the command and the nearest one, or the flag that lacks its value
 */
export function parseCommandLine(args: readonly string[], names: Names): CommandLine {
  const given: Given = {};
  const positionals: string[] = [];
  const rest = [...args];
  while (rest.length > 0) {
    const word = rest.shift() as string;
    if (word === '--') {
      positionals.push(...rest.splice(0));
    } else if (looksLikeFlag(word)) {
      const [name, value] = readFlag(word, rest, names);
      given[name] = value;
    } else {
      positionals.push(word);
    }
  }
  const [first] = positionals;
  if (first !== undefined && !names.positionals) throw new UserError(unexpected(first, names));
  return { given, positionals };
}

/** True for what begins with a dash, but for a negative number and a dash alone. */
export function looksLikeFlag(word: string): boolean {
  return /^-./.test(word) && !/^-\.?\d/.test(word);
}

/** A flag's name and value, which is taken from the words that follow where there is no `=`. */
function readFlag(word: string, rest: string[], names: Names): [string, string | true] {
  if (word === '-h' && names.switches.includes('help')) return ['help', true];
  const [, name = '', value] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
  if (names.switches.includes(name)) {
    if (value === undefined) return [name, true];
    throw new UserError(`[fbsd] --${name} takes no value; got '${value}'.`);
  }
  if (names.files?.includes(name)) {
    const file = value ?? (rest[0]?.endsWith('.json') ? rest.shift() : undefined);
    if (file !== '') return [name, file ?? true];
    throw new UserError(`[fbsd] --${name}= lacks the name of a file.`);
  }
  if (names.values.includes(name)) {
    const text = value ?? following(name, rest);
    if (text !== '') return [name, text];
    throw new UserError(`[fbsd] --${name} needs a value, but it is empty. See --help.`);
  }
  const meant = nearest(word.replace(/^-+/, '').replace(/=[\s\S]*/, ''), all(names));
  throw new UserError(
    `[fbsd] there is no flag ${word.replace(/=[\s\S]*/, '')} here.${didYouMean(meant && `--${meant}`)} See --help for the flags.`,
  );
}

function following(name: string, rest: string[]): string {
  const [next] = rest;
  if (next !== undefined && !looksLikeFlag(next)) return rest.shift() as string;
  const found = next === undefined ? 'nothing comes after it' : `the flag ${next} comes after it`;
  throw new UserError(
    `[fbsd] --${name} needs a value, but ${found}. Write --${name} VALUE or --${name}=VALUE; see --help.`,
  );
}

function unexpected(word: string, names: Names): string {
  const meant = nearest(word, all(names));
  const advice = didYouMean(meant && `--${meant}`) || ' Every value needs its flag before it.';
  return `[fbsd] '${word}' is no flag, and nothing else is taken here.${advice} See --help for the flags.`;
}

function didYouMean(meant: string | undefined): string {
  return meant ? ` Did you mean ${meant}?` : '';
}

function all({ values, switches, files = [] }: Names): string[] {
  return [...values, ...switches, ...files];
}

/** A flag and its explanation for each line of a help text. */
export function flagLines(flags: Readonly<Record<string, string>>): string {
  return Object.entries(flags)
    .map(([flag, help]) => `  --${flag.padEnd(28)} ${help}`)
    .join('\n');
}
