import { UserError } from '../user-error.ts';

/** Ends messages about a damaged file. */
export const RESTORE = 'Restore it from a copy.';

/** Models in models are the deepest that is saved: some 30 levels. */
const DEEPEST = 500;

/** @throws UserError that names the file when the bytes are not JSON, or so deep that functions that call themselves fail */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const { message } = cause as Error;
    throw new UserError(
      `[@fbsd/trainer] ${file} is damaged: expected JSON; got ${bytes.length} bytes that are not (${message}). ${RESTORE}`,
      { cause },
    );
  }
  if (!isDeeper(value, DEEPEST)) return value;
  throw new UserError(
    `[@fbsd/trainer] ${file} is damaged: expected JSON of at most ${DEEPEST} levels; got more. ${RESTORE}`,
  );
}

/** Tells if lists and objects nest deeper than so many levels. */
function isDeeper(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
  }
  return false;
}

/** A value in a message, of a length that one reads. */
export function shown(value: unknown): string {
  const text = json(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'what JSON cannot tell'; // nested too deep for this engine
  }
}

/** Tells if a value that was read is an object with fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
