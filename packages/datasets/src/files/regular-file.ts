import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '@fbsd/trainer';
import { bytes } from '@fbsd/trainer/format';

/** For opening a file: without it, a pipe that nobody writes to is waited for. */
export const WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Says what something is that is no regular file; undefined when it is one. */
export function irregularity(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/** The lists and annotations of the data sets have 10 MB at most. */
const MOST = 256 * 2 ** 20;

/**
 * Reads a file whole.
 *
 * @throws UserError that names it, when it is no regular file, cannot be opened, or is far larger than any list
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  const refuse = (what: string, cause?: unknown) =>
    new UserError(`[@fbsd/datasets] ${path} cannot be read: ${what}.`, { cause });
  let file: FileHandle;
  try {
    file = await open(path, WITHOUT_WAITING);
  } catch (error) {
    throw refuse((error as Error).message, error);
  }
  try {
    const stats = await file.stat();
    const what = irregularity(stats);
    if (what) throw refuse(`it is ${what}`);
    if (stats.size > MOST) throw refuse(`it has ${bytes(stats.size)}, more than ${bytes(MOST)}`);
    return await file.readFile();
  } catch (error) {
    throw error instanceof UserError ? error : refuse((error as Error).message, error);
  } finally {
    await file.close();
  }
}
