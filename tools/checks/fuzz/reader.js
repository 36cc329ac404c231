/** @typedef {import('@fbsd/testing').Draw} Draw draws a whole number from [0, n) */

/**
 * Files by their path in a folder; null for one that is missing.
 *
 * @typedef {Record<string, Uint8Array | null>} Files
 */

/**
 * A reader of files, and what is done to the files.
 *
 * @typedef {object} Reader
 * @property {(draw: Draw) => Files | Promise<Files>} damage makes the files of a case
 * @property {(files: Files, draw: Draw) => Promise<void>} read reads them; throws a {@link Fault} if what it read is not right
 * @property {number} [megabytes] that the process may hold. @default 512
 */

/** What a reader must not do, whatever it is given. */
export class Fault extends Error {}

/**
 * Checks something that was read.
 *
 * @param {boolean} right
 * @param {string} what
 */
export function requireRight(right, what) {
  if (!right) throw new Fault(`read what is not right: ${what}`);
}

/**
 * One of several values.
 *
 * @template T
 * @param {readonly T[]} values
 * @param {Draw} draw
 * @returns {T}
 */
export function oneOf(values, draw) {
  return /** @type {T} */ (values[draw(values.length)]);
}
