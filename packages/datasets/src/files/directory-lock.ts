import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';

const LOCK = '.lock';
/** Begins the names of files that exist for a moment while a lock is taken. */
const PASSING = '.lock-';

/** Who holds a lock. */
interface Owner {
  pid: number;
  host: string;
  since: string;
}

/** Tells by its name if a file of a folder belongs to the folder's lock, see {@link lockDirectory}. */
export function isLockFile(name: string): boolean {
  return name.startsWith(LOCK);
}

/**
 * Makes this process the only one that works on a folder, until it calls the function that is
 * returned. The lock is a file in the folder; that of a process that was killed is taken over.
 *
 * @param directory is there already
 * @param does describes the other process's work in the message: `writes to`
 * @param advice for the message, a sentence without its full stop: `Wait for it`
 * @returns ends the lock
 * @throws UserError that names the process when another one has it
 */
export function lockDirectory(directory: string, does: string, advice: string): () => void {
  const lock = join(directory, LOCK);
  const own: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  const passing = join(directory, `${PASSING}${own.pid}`);
  clearAway(directory);
  writeFileSync(passing, JSON.stringify(own));
  try {
    while (!tryLink(passing, lock)) {
      const owner = read(lock);
      if (owner && isAlive(owner)) throw refusal(`${does} ${directory}. ${advice}`, owner, lock);
      takeAway(directory, lock, owner);
    }
  } finally {
    rmSync(passing, { force: true });
  }
  return () => {
    if (read(lock)?.since === own.since) rmSync(lock, { force: true });
  };
}

/** Links are made whole or not at all, and by one process only. @returns true if the lock was free */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a dead process's lock, unless somebody else was faster and has a new one. */
function takeAway(directory: string, lock: string, dead: Owner | null): void {
  const aside = join(directory, `${PASSING}${process.pid}-dead`);
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = read(aside);
  if (taken && taken.since !== dead?.since) tryLink(aside, lock);
  rmSync(aside);
}

/** Removes the files of processes that were killed while they took the lock. */
function clearAway(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = new RegExp(`^\\${PASSING}(\\d+)`).exec(name)?.[1];
    if (pid && !isAlive({ pid: Number(pid), host: hostname() })) rmSync(join(directory, name));
  }
}

function read(file: string): Owner | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

/** Tells if a process runs. Of other machines nothing is known: theirs are taken to run. */
function isAlive({ pid, host }: Pick<Owner, 'pid' | 'host'>): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function refusal(what: string, { pid, host, since }: Owner, lock: string): Error {
  return new UserError(
    `[@fbsd/datasets] another process (${pid} on ${host}, since ${since}) ${what}. If there is no such process, remove ${lock}.`,
  );
}
