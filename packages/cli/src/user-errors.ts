import { UserError } from '@fbsd/trainer';

/**
 * Runs a function of a package for programs on something that a person gave: if it refuses that, the message is
 * for the person.
 *
 * @throws UserError in place of any other Error, with the same message
 */
export async function forUser<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw new UserError(error.message, { cause: error });
  }
}
