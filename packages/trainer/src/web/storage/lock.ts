import { UserError } from '../../user-error.ts';

/**
 * Makes this page the only one to use something, until it ends the lock, is closed or crashes. Pages that are not
 * secure cannot tell, and go on.
 *
 * @param what for the message: `the run 'moths'`
 * @returns ends the lock
 * @throws UserError when another tab, or another Worker, has it
 */
export function lock(name: string, what: string): Promise<() => void> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (!locks) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    const held = locks.request(name, { ifAvailable: true }, (granted) => {
      if (granted) return new Promise<void>((end) => resolve(() => end()));
      throw new UserError(
        `[@fbsd/trainer] ${what} is in use in another tab of this page. Close it there first.`,
      );
    });
    held.catch(reject);
  });
}
