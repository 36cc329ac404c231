import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isLockFile, lockDirectory } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';

/** Where a run keeps a checkpoint. */
export function checkpointDirectory(runDirectory: string, name: 'last' | 'best'): string {
  return join(runDirectory, 'checkpoints', name);
}

/** The content of a run's `config.json`: everything that decides its result. */
export interface RunConfig<Settings> {
  settings: Settings;
  classNames: readonly string[];
  /** Backend and versions that the run started with. */
  environment: Record<string, string>;
}

/** Makes this process the only one that writes to a run's folder. @returns ends the lock */
export function lockRun(directory: string): () => void {
  return lockDirectory(directory, 'writes to', 'Wait for it, or choose another folder with --out');
}

const CONFIG = 'config.json';
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
  let existing = resolve(directory);
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    if (!(await stat(existing)).isDirectory()) throw new Error(`${existing} is a file`);
    // Tried out, since permissions do not tell: mkdir below /proc, say, never returns.
    await rmdir(await mkdtemp(join(existing, '.fbsd-')));
  } catch (error) {
    throw new UserError(
      `[fbsd] cannot write to the output directory ${resolve(directory)}: ${(error as Error).message}. Choose another one with --out.`,
    );
  }
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
export async function createRunDirectory<S>(
  directory: string,
  config: RunConfig<S>,
): Promise<() => void> {
  await mkdir(directory, { recursive: true });
  const release = lockRun(directory);
  if (existsSync(join(directory, CONFIG))) {
    release();
    throw new UserError(
      `[fbsd] another run has just begun in ${resolve(directory)}. Choose another folder with --out.`,
    );
  }
  await writeRunConfig(directory, config);
  return release;
}

/** Writes the `config.json` of a run, or puts a new one in the place of the old one. */
export async function writeRunConfig<S>(directory: string, config: RunConfig<S>): Promise<void> {
  const temporary = join(directory, UNFINISHED_CONFIG);
  await writeFile(temporary, `${JSON.stringify(config, null, 2)}\n`, { flush: true });
  await rename(temporary, join(directory, CONFIG));
}

/** Reads the `config.json` of a run. @throws UserError when the directory holds no run */
export async function readRunConfig<S>(directory: string): Promise<RunConfig<S>> {
  const file = join(directory, CONFIG);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RunConfig<S>;
  } catch (error) {
    throw new UserError(`[fbsd] ${resolve(directory)} holds no run: ${(error as Error).message}.`);
  }
}

/** The run that a folder is, or is a checkpoint of; null when there is none. */
export function runOf(path: string): string | null {
  const candidates = [resolve(path), dirname(dirname(resolve(path)))];
  return candidates.find((directory) => existsSync(join(directory, CONFIG))) ?? null;
}

/** The newest run in some folders of runs, by name (the names begin with the date), or null. */
export async function newestRun(folders: readonly string[]): Promise<string | null> {
  const runs = await Promise.all(folders.map(runsIn));
  const byName = (a: string, b: string) => basename(a).localeCompare(basename(b), 'en');
  return runs.flat().sort(byName).at(-1) ?? null;
}

async function runsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []); // no folder, no runs
  return names.map((name) => join(folder, name)).filter((run) => existsSync(join(run, CONFIG)));
}
