import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isLockFile, lockDirectory, remedyOf } from '@fbsd/datasets';
import { type CheckpointName, UserError } from '@fbsd/trainer';
import { CONFIG, checkpointPath } from '@fbsd/trainer/run-files';
import { nodeDisk } from '../disk/disk.ts';
import { makeDirectories } from '../disk/durable.ts';
import { type RunConfig, writeRunConfig } from './run-config.ts';
import { requireWritable } from './writable-directory.ts';

/** Where a run keeps a checkpoint. */
export function checkpointDirectory(runDirectory: string, name: CheckpointName): string {
  return join(runDirectory, checkpointPath(name));
}

/** Makes this process the only one that writes to a run's folder. @returns ends the lock */
export function lockRun(directory: string): () => void {
  return lockDirectory(directory, 'writes to', 'Wait for it, or choose another folder with --out');
}

/** The only file that a run leaves which was killed before it began. */
const UNFINISHED_CONFIG = `.${CONFIG}`;

/**
 * Checks, leaving nothing behind, that something new can be put into a directory.
 *
 * @param advice ends the message when it holds something: an alternative to another folder
 * @throws UserError when it holds something already, or it or the nearest folder that is there cannot be
 *   written to
 */
export async function checkOutputDirectory(directory: string, advice = ''): Promise<void> {
  const existing = await requireWritable(directory).catch((error: Error) => {
    throw new UserError(
      `[fbsd] cannot write to the output directory ${resolve(directory)}: ${error.message}. Choose another one with --out.`,
      { cause: error },
    );
  });
  const foreign = (await readdir(existing)).filter(
    (name) => name !== UNFINISHED_CONFIG && !isLockFile(name),
  );
  if (existing === resolve(directory) && foreign.length > 0) {
    throw new UserError(
      `[fbsd] the output directory ${resolve(directory)} is not empty. Choose another one with --out${advice}.`,
    );
  }
}

/**
 * Makes the directory of a new run, which {@link checkOutputDirectory} found good, with its `config.json`.
 *
 * @returns a function that ends the run's hold on it
 * @throws UserError when another run has begun there in the meantime
 */
export async function createRunDirectory(
  directory: string,
  config: RunConfig,
): Promise<() => void> {
  let release = () => {};
  try {
    await makeDirectories(nodeDisk, resolve(directory));
    release = lockRun(directory);
    if (existsSync(join(directory, CONFIG))) {
      throw new UserError(
        `[fbsd] another run has just begun in ${resolve(directory)}. Choose another folder with --out.`,
      );
    }
    await writeRunConfig(directory, config);
    return release;
  } catch (error) {
    release();
    const remedy = remedyOf(error);
    if (remedy === null) throw error;
    throw new UserError(
      `[fbsd] the run cannot begin in ${resolve(directory)}: ${(error as Error).message}. Nothing is lost: ${remedy}, then start again.`,
      { cause: error },
    );
  }
}

/** The run that a folder is, or is a checkpoint of; null when there is none. */
export function runOf(path: string): string | null {
  const candidates = [resolve(path), dirname(dirname(resolve(path)))];
  return candidates.find((directory) => existsSync(join(directory, CONFIG))) ?? null;
}
