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
