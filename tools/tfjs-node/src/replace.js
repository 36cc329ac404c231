import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a file anew, and puts back what was there if the new one does not pass the test.
 *
 * @template T
 * @param {string} file
 * @param {(temporary: string) => void} make
 * @param {() => T} test throws if the file in its place does not work
 * @returns {T} what the test returns
 */
export function replaceIfVerified(file, make, test) {
  const [made, before] = [`${file}.new`, `${file}.before`];
  mkdirSync(dirname(file), { recursive: true });
  try {
    make(made);
    if (existsSync(file)) renameSync(file, before);
    renameSync(made, file);
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
  try {
    return test();
  } catch (error) {
    rmSync(file);
    if (existsSync(before)) renameSync(before, file);
    throw error;
  } finally {
    rmSync(before, { force: true });
  }
}
