import { UserError } from '@fbsd/trainer';
import { escapeControlsOfLines } from './printable.ts';

/** Prints an error to standard error: its message if that is all a person needs, else its stack. */
export function printError(error: unknown): void {
  const { message, stack, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  let text = stack ?? error;
  if (error instanceof UserError) text = message;
  else if (syscall) text = `[fbsd] ${message}`; // the system's: it says what cannot be done with which file
  process.stderr.write(`${escapeControlsOfLines(String(text))}\n`);
}
