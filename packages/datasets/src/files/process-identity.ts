import { readFileSync } from 'node:fs';

/** Tells a process from later ones that get its number: after a reboot, or in a container that was started anew. */
export interface ProcessIdentity {
  pid: number;
  /** The boot of the system that it runs in; null where the system does not tell (it does on Linux). */
  boot?: string | null;
  /** When it was started, in ticks since then; null likewise. */
  started?: string | null;
}

/** The identity of a process that runs. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, boot: bootOf(), started: startOf(pid) };
}

/** Tells if a process still runs: it, and not one that has its number now. */
export function isRunning({ pid, boot = null, started = null }: ProcessIdentity): boolean {
  const now = identityOf(pid);
  if (boot !== null && now.boot !== null && boot !== now.boot) return false;
  if (started !== null && now.started !== null && started !== now.started) return false;
  if (hasEnded(pid)) return false;
  // One with the number of this process that does not say when it was started is from before this one.
  if (pid === process.pid && started === null && now.started !== null) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootOf(): string | null {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

/** Field 22 of the process's state. */
function startOf(pid: number): string | null {
  return fieldsOf(pid)?.[19] ?? null;
}

/** Whether all that is left of a process is its exit code, which its parent has not asked for: in containers often nobody does. */
function hasEnded(pid: number): boolean {
  return ['Z', 'X'].includes(fieldsOf(pid)?.[0] as string);
}

/** The process's state from field 3 on: the second, its name, may hold blanks and parentheses. Source: proc(5). */
function fieldsOf(pid: number): string[] | undefined {
  const state = read(`/proc/${pid}/stat`);
  return state?.slice(state.lastIndexOf(')') + 2).split(' ');
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null; // another system, or no such process
  }
}
