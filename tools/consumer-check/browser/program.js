import { run } from 'virtual:program';

/**
 * What became of a program, as it can be posted: its result or its error.
 *
 * @typedef {object} Outcome
 * @property {any} [result]
 * @property {{ name: string, code?: string, message: string }} [error]
 *
 * @param {unknown} argument
 * @returns {Promise<Outcome>}
 */
export async function runProgram(argument) {
  try {
    return { result: await run(argument) };
  } catch (error) {
    const { name, code, message } = /** @type {Error & { code?: string }} */ (error);
    return { error: { name, message, ...(code && { code }) } };
  }
}
