import { WeightFileError } from '../weight-file-error.ts';

/** What the file system refuses is about the file: says so, and keeps it as the cause. */
export async function attempt<T>(
  file: string,
  done: 'opened' | 'read' | 'written',
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const message = `it cannot be ${done}: ${(error as Error).message}.`;
    throw new WeightFileError(file, message, { cause: error });
  }
}

/** Node reads and writes at most 2 GiB at once. */
export const MAX_PIECE = 2 ** 30;
