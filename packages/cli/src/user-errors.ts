import { UserError } from '@fbsd/trainer';

/**
 * Runs something of a package that is made for programs, with what a person gave: what it refuses is for
 * that person to read.
 */
export async function forUser<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw new UserError(error.message, { cause: error });
  }
}
