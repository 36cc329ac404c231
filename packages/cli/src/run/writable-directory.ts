import { existsSync } from 'node:fs';
import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * Checks, leaving nothing behind, that files can be put into a directory, which need not exist yet.
 *
 * @returns the directory itself or the nearest one above it that exists
 * @throws Error when it, or the nearest one, is a file or cannot be written to
 */
export async function requireWritable(directory: string): Promise<string> {
  let existing = resolve(directory);
  while (!existsSync(existing)) existing = dirname(existing);
  if (!(await stat(existing)).isDirectory()) throw new Error(`${existing} is a file`);
  // Tried out, since permissions do not tell: mkdir below /proc, say, never returns.
  await rmdir(await mkdtemp(join(existing, '.fbsd-')));
  return existing;
}
