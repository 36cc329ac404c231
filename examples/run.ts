import { endWithReader, printError } from '@fbsd/cli';

/** Runs a program. What goes wrong is printed, in one line where that is all a person needs, and the exit code is 1. */
export async function run(program: () => Promise<void>): Promise<void> {
  endWithReader();
  try {
    await program();
  } catch (error) {
    printError(error);
    process.exitCode = 1;
  }
}
