import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { identityOf, isRunning, type ProcessIdentity } from './process-identity.ts';

const LOCK = '.lock';
/** Begins the names of files that exist for a moment while a lock is taken. */
const PASSING = '.lock-';

/** Who holds a lock. */
interface Owner extends ProcessIdentity {
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
  const own: Owner = {
    ...identityOf(process.pid),
    host: hostname(),
    since: new Date().toISOString(),
  };
  const passing = join(directory, `${PASSING}${own.pid}`);
  clearAway(directory);
  writeFileSync(passing, JSON.stringify(own));
  try {
    while (!tryLink(passing, lock)) {
      const owner = readWhole(lock);
      if (owner && isAlive(owner)) throw refusal(`${does} ${directory}. ${advice}`, owner, lock);
      takeAway(directory, lock, owner);
    }
  } finally {
    rmSync(passing, { force: true });
  }
  return () => {
    if (holds(own, lock)) rmSync(lock, { force: true });
  };
}

/** File systems without hard links, as those of USB sticks, answer one of these. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Links are made whole or not at all, and by one process only. @returns true if the lock was free */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (NO_LINKS.includes(code)) return tryCopy(from, to);
    throw error;
  }
}

/** By one process only, too, but empty for a moment: see {@link readWhole}. */
function tryCopy(from: string, to: string): boolean {
  try {
    writeFileSync(to, readFileSync(from), { flag: 'wx' });
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
    const other = pid !== undefined && Number(pid) !== process.pid;
    if (other && !isRunning({ pid: Number(pid) })) rmSync(join(directory, name), { force: true });
  }
}

function holds(own: Owner, lock: string): boolean {
  try {
    return read(lock)?.since === own.since;
  } catch {
    return false; // somebody else's doing
  }
}

/** How long a process may take to fill a lock that it could not link. */
const FILLING_MILLISECONDS = 200;

/** @throws UserError for what is no lock */
function readWhole(lock: string): Owner | null {
  const owner = read(lock);
  if (owner || !existsSync(lock)) return owner;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FILLING_MILLISECONDS);
  return read(lock);
}

/** @returns null when there is none, or it is empty or zeros, as a power cut leaves them */
function read(file: string): Owner | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (/^\0*$/.test(text)) return null;
  const owner = parse(text);
  if (owner) return owner;
  throw new UserError(
    `[@fbsd/datasets] ${file} does not say who works on its folder: expected pid, host and since; got ${JSON.stringify(text.slice(0, 60))}. If no process works there, remove it.`,
  );
}

function parse(text: string): Owner | null {
  try {
    const { pid, host, since, boot = null, started = null } = JSON.parse(text);
    const isOwner =
      Number.isInteger(pid) && pid > 0 && [host, since].every((x) => typeof x === 'string');
    return isOwner ? { pid, host, since, boot, started } : null;
  } catch {
    return null;
  }
}

/** Of other machines nothing is known: their processes are taken to run. */
function isAlive(owner: Owner): boolean {
  return owner.host !== hostname() || isRunning(owner);
}

function refusal(what: string, { pid, host, since }: Owner, lock: string): Error {
  return new UserError(
    `[@fbsd/datasets] another process (${pid} on ${host}, since ${since}) ${what}. If there is no such process, remove ${lock}.`,
  );
}
