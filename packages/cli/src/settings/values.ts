import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isAddress, isPublished, PUBLISHED } from './published-weights.ts';
import { isTimm } from './timm-weights.ts';

/** What a flag takes. */
export interface ValueKind<T = unknown> {
  /** Stands for the value in help texts, as `N`. */
  metavar: string;
  /** Says in an error what was expected, as `a whole number from 1`. */
  expected: string;
  /** The value of a text, undefined when it is not of this kind. */
  read(text: string): T | undefined;
  /** All that it can be, where these are names. */
  names?: readonly string[];
}

/** A whole number in a range, both ends included. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): ValueKind<number> {
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  return {
    metavar: 'N',
    expected: `a whole number from ${least}${upTo}`,
    read: (text) => within(/^\d+$/, text, (value) => value >= least && value <= most),
  };
}

/** A number from 0 on. */
export const NOT_NEGATIVE: ValueKind<number> = {
  metavar: 'X',
  expected: 'a number from 0',
  read: (text) => within(DECIMAL, text, (value) => value >= 0 && value < Number.POSITIVE_INFINITY),
};

/** A number above 0. */
export const ABOVE_0: ValueKind<number> = {
  metavar: 'X',
  expected: 'a number above 0',
  read: (text) => within(DECIMAL, text, (value) => value > 0 && value < Number.POSITIVE_INFINITY),
};

/** A number from 0 to 1, both included. */
export const UP_TO_1: ValueKind<number> = {
  metavar: 'X',
  expected: 'a number from 0 to 1',
  read: (text) => within(DECIMAL, text, (value) => value >= 0 && value <= 1),
};

/** A number from 0 on that is less than 1. */
export const BELOW_1: ValueKind<number> = {
  metavar: 'X',
  expected: 'a number from 0 that is less than 1',
  read: (text) => within(DECIMAL, text, (value) => value >= 0 && value < 1),
};

/** A number between 0 and 1, neither included. */
export const BETWEEN_0_AND_1: ValueKind<number> = {
  metavar: 'X',
  expected: 'a number between 0 and 1',
  read: (text) => within(DECIMAL, text, (value) => value > 0 && value < 1),
};

/** One of some names. */
export function oneOf(names: readonly string[]): ValueKind<string> {
  return {
    metavar: 'NAME',
    expected: `one of ${names.join(', ')}`,
    names,
    read: (text) => (names.includes(text) ? text : undefined),
  };
}

/** A path of a folder, made absolute. */
export const FOLDER = pathOf('DIR');

/** A path of a file, made absolute. */
export const FILE = pathOf('FILE');

/** Weights by the name under which they are published, an address, or a path of a file, made absolute. */
export const WEIGHTS: ValueKind<string> = {
  metavar: `${PUBLISHED.join('|')}|timm/NAME|URL|FILE`,
  expected: `${PUBLISHED.join(', ')}, timm/ with timm's name, an address or a path`,
  read: (text) => (isPublished(text) || isTimm(text) || isAddress(text) ? text : FILE.read(text)),
};

function pathOf(metavar: string): ValueKind<string> {
  return {
    metavar,
    expected: 'a path',
    // Shells leave the ~ of --data=~/photos as it is.
    read: (text) => (text === '' ? undefined : resolve(text.replace(/^~(?=\/|$)/, homedir()))),
  };
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function within(form: RegExp, text: string, fits: (value: number) => boolean): number | undefined {
  const value = form.test(text) ? Number(text) : Number.NaN;
  return fits(value) ? value : undefined;
}
