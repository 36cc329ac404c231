import { UserError } from '@fbsd/trainer';

/** What to do about what a system answers, by its code: a clause that goes on with `then …`. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'make room',
  EDQUOT: 'make room: the quota is used up',
  EROFS: 'mount it for writing, or name another folder',
  EIO: 'check the disk and its connection: it reports an error',
  EACCES: 'allow this user to write there',
  EPERM: 'allow this user to write there',
  EMFILE: 'let processes open more files (ulimit -n)',
  ENFILE: 'close other programs: the system has no more open files',
  ESTALE: 'mount the network folder anew',
  ETIMEDOUT: 'see that the network folder answers',
  EBUSY: 'end the program that uses it',
};

/** What a person can do about an error of the system, as `make room`; null for one that is none, or is not known. */
export function remedyOf(error: unknown): string | null {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return (syscall && code && REMEDIES[code]) || null;
}

/** Adds the path to what the system says, where it does not tell: `ENOSPC: no space left on device, write`. */
export async function namingPath<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall && !message.includes(path)) (error as Error).message += ` '${path}'`;
    throw error;
  }
}

/**
 * An error of the system for the person at the program: where it was met, and what to do.
 *
 * @param where begins the message: `[@fbsd/datasets] download: data/cub`
 * @param kept what is not lost, a clause
 * @returns a UserError in place of a system's error, any other as it is
 */
export function forPerson(where: string, kept: string, error: unknown): unknown {
  const { syscall, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (!syscall || error instanceof UserError) return error;
  const remedy = remedyOf(error) ?? 'choose another folder';
  return new UserError(`${where}: ${message}. ${kept}: ${remedy}, then try again.`, {
    cause: error,
  });
}
