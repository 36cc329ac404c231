import { remedyOf } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';
import { escapeControlsOfLines } from './printable.ts';

/** Names of errors of kernels that say all, too: a memory is full, a GPU was lost. */
const TELLING = ['WasmMemoryError', 'GPUMemoryError', 'GPULostError'];

/** Prints an error to standard error: its message if that is all a person needs, else its stack. */
export function printError(error: unknown): void {
  const { name, message, stack, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  let text = stack ?? error;
  if (error instanceof UserError || TELLING.includes(name)) text = message;
  else if (syscall) {
    const remedy = remedyOf(error); // the system's: it says what cannot be done with which file
    text = `[fbsd] ${message}.${remedy === null ? '' : ` What to do: ${remedy}.`}`;
  }
  process.stderr.write(`${escapeControlsOfLines(String(text))}\n`);
}
