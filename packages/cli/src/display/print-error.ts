import { UserError } from '@fbsd/trainer';

/** Prints an error to standard error: its message if that is all a person needs, else its stack. */
export function printError(error: unknown): void {
  const text = error instanceof UserError ? error.message : ((error as Error)?.stack ?? error);
  process.stderr.write(`${text}\n`);
}
