import { UserError } from '../user-error.ts';

/** Ends messages about a damaged file. */
export const RESTORE = 'Restore it from a copy.';

/** @throws UserError that names the file when the bytes are not JSON */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const { message } = cause as Error;
    throw new UserError(
      `[@fbsd/trainer] ${file} is damaged: expected JSON; got ${bytes.length} bytes that are not (${message}). ${RESTORE}`,
      { cause },
    );
  }
}

/** A value in a message, of a length that one reads. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

/** Tells if a value that was read is an object with fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
