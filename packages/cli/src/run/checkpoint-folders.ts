import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { STATE } from '@fbsd/trainer/run-files';
import type { Disk } from '../disk/disk.ts';
import { isSealed } from './checksummed-writer.ts';

/** The folders that a checkpoint is in, sooner or later. */
export interface CheckpointFolders {
  /** Where it is looked for. */
  current: string;
  /** Where it is written. */
  next: string;
  /** Where the one before it is. */
  previous: string;
  /** Of all three. */
  parent: string;
}

export function checkpointFolders(directory: string): CheckpointFolders {
  return {
    current: directory,
    next: `${directory}.next`,
    previous: `${directory}.previous`,
    parent: dirname(directory),
  };
}

/** The folders that hold a checkpoint, the best to take first. One that is written counts when it is whole. */
export function foldersWithCheckpoint(directory: string): string[] {
  const { current, next, previous } = checkpointFolders(directory);
  const written = isSealed(next, STATE) ? [next] : [];
  return [current, ...written, previous].filter((folder) => existsSync(folder));
}

/** What could be read, and what could not before it. */
export interface FirstGood<T> {
  folder: string;
  value: T;
  failures: readonly Error[];
}

/** How often a checkpoint is read anew because another process has just replaced it. */
const ATTEMPTS = 3;

/**
 * Reads the first that can be read of some folders.
 *
 * @param list names them, the best first; is called again when a folder has been replaced meanwhile
 * @throws what the first folder threw, with the messages of the others; UserError if there is no folder
 */
export async function firstGood<T>(
  list: () => readonly string[],
  read: (folder: string) => Promise<T>,
  attempts = ATTEMPTS,
): Promise<FirstGood<T>> {
  const failures: Error[] = [];
  for (const folder of list()) {
    const before = await identityOf(folder);
    try {
      return { folder, value: await read(folder), failures };
    } catch (error) {
      if (attempts > 1 && (await identityOf(folder)) !== before) {
        return firstGood(list, read, attempts - 1);
      }
      failures.push(error as Error);
    }
  }
  const [first, ...others] = failures;
  if (!first || others.length === 0) throw first ?? new UserError('[fbsd] there is no checkpoint.');
  const messages = others.map(({ message }) => message.replace(/^\[\S+\] /, ''));
  throw new UserError(
    `${first.message} What was kept beside it cannot be read either: ${messages.join(' ')}`,
    {
      cause: first,
    },
  );
}

async function identityOf(folder: string): Promise<number | null> {
  const found = await stat(folder).catch(() => null); // gone
  return found?.ino ?? null;
}

/** Puts a checkpoint where it is looked for, in place of a damaged one, and removes what is half written. */
export async function putInPlace(
  disk: Disk,
  { current, next, previous, parent }: CheckpointFolders,
  good: string,
  keepPrevious: boolean,
): Promise<void> {
  if (good !== current) {
    await disk.remove(current);
    await disk.move(good, current);
    await disk.sync(parent);
  }
  await disk.remove(next);
  if (!keepPrevious) await disk.remove(previous);
}
