import { remedyOf } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';
import { escapeControlsOfLines } from './printable.ts';

/** Names of errors of kernels that say all, too: a memory is full, a GPU was lost. */
const TELLING = ['WasmMemoryError', 'GPUMemoryError', 'GPULostError'];

/**
 * Prints an error to standard error: its message if that is all a person needs, else its stack.
 *
 * @param rank of the process, where there are several
 */
export function printError(error: unknown, rank?: number): void {
  const { name, message, stack, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  let text = stack ?? error;
  if (error instanceof UserError || TELLING.includes(name)) text = message;
  else if (syscall) {
    const remedy = remedyOf(error); // the system's: it says what cannot be done with which file
    text = `[fbsd] ${message}.${remedy === null ? '' : ` What to do: ${remedy}.`}`;
  }
  const of = rank === undefined ? '' : `process ${rank}: `;
  process.stderr.write(`${of}${escapeControlsOfLines(String(text))}\n`);
}
