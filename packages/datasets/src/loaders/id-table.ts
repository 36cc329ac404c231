import { relative } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { readRegularFile } from '../files/regular-file.ts';

/** A line of a table. */
export interface Row {
  id: number;
  /** The columns after the id. */
  columns: readonly string[];
  /** The whole line. */
  text: string;
  /** Where it stands: `file:line`. */
  where: string;
}

/** The columns of a table. */
export interface TableFormat {
  /** A line's pattern, for messages: `<image id> <class id>`. */
  line: string;
  /** Columns after the id; the last one takes the rest of the line, spaces included. */
  columns: number;
  /** True if an id may come more than once, as in a table with several lines for each picture. @default false */
  repeated?: boolean;
}

/**
 * Reads a text file of lines that begin with a positive integer id.
 *
 * Columns are separated by blanks; empty lines, a byte order mark and Windows line ends do no harm.
 *
 * @param root messages name the file relative to this folder
 * @throws UserError with file and line, for a malformed line or an id that comes twice; also for an empty file
 */
export async function readIdTable(root: string, path: string, format: TableFormat): Promise<Row[]> {
  const file = relative(root, path);
  const rows: Row[] = [];
  const seen = new Map<number, string>();
  const lines = (await readRegularFile(path))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split('\n');
  for (const [i, line] of lines.entries()) {
    const text = line.trim();
    if (text === '') continue;
    const where = `${file}:${i + 1}`;
    const [id, ...columns] = split(text, format.columns + 1);
    const row = { id: Number(id), columns, text, where };
    if (!/^[1-9]\d{0,14}$/.test(id ?? '') || columns.length !== format.columns) {
      throw malformed(row, format);
    }
    const first = seen.get(row.id);
    if (first && !format.repeated) {
      throw new UserError(
        `[@fbsd/datasets] ${where}: id ${row.id} is already at ${first}. Remove one of the lines.`,
      );
    }
    seen.set(row.id, where);
    rows.push(row);
  }
  if (rows.length === 0) {
    throw new UserError(`[@fbsd/datasets] ${path} is empty: expected lines ${format.line}.`);
  }
  return rows;
}

/** The columns of a row as numbers. @throws UserError with file and line when one is not finite */
export function numbersOf(row: Row, format: TableFormat): number[] {
  const numbers = row.columns.map(Number);
  if (numbers.every(Number.isFinite)) return numbers;
  throw malformed(row, format);
}

/** A column that is 0 or 1. @throws UserError with file and line when it is neither */
export function flagOf(row: Row, column: number, format: TableFormat): boolean {
  const value = row.columns[column];
  if (value === '0' || value === '1') return value === '1';
  throw malformed(row, format);
}

/**
 * The names that a table gives to the ids 1, 2, 3, …, in this order.
 *
 * @throws UserError with file and line when the ids have a gap
 */
export function namesOf(rows: readonly Row[]): string[] {
  const names: string[] = [];
  for (const { id, columns, where } of rows) {
    if (id > rows.length) {
      throw new UserError(
        `[@fbsd/datasets] ${where}: got id ${id}, but the ids of ${rows.length} lines must be 1…${rows.length}.`,
      );
    }
    names[id - 1] = columns[0] as string;
  }
  return names;
}

/**
 * Checks that two tables speak of the same ids.
 *
 * @throws UserError that names the first id that only one of them has, and how many there are
 */
export function requireSameIds(a: readonly Row[], b: readonly Row[]): void {
  requireIds(a, b);
  requireIds(b, a);
}

function requireIds(rows: readonly Row[], table: readonly Row[]): void {
  const ids = new Set(table.map(({ id }) => id));
  const lost = rows.filter(({ id }) => !ids.has(id));
  const [first] = lost;
  if (!first) return;
  const more = lost.length > 1 ? ` (and ${lost.length - 1} more like it)` : '';
  throw new UserError(
    `[@fbsd/datasets] ${first.where}: id ${first.id} is missing in ${fileOf(table)}${more}. ` +
      'Both files must come from the same copy of the data set.',
  );
}

function split(text: string, columns: number): string[] {
  const words = text.split(/[ \t]+/);
  if (words.length <= columns) return words;
  // The last column keeps its own blanks.
  const head = new RegExp(`^(?:\\S+[ \\t]+){${columns - 1}}`).exec(text)?.[0] ?? '';
  return [...words.slice(0, columns - 1), text.slice(head.length)];
}

function fileOf(table: readonly Row[]): string {
  return table[0]?.where.replace(/:\d+$/, '') ?? '';
}

function malformed({ where, text }: Row, { line }: TableFormat): Error {
  return new UserError(`[@fbsd/datasets] ${where}: expected ${line}; got "${text}".`);
}
