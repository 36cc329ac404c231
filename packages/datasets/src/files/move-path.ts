import { cp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from './exists.ts';

/**
 * Gives a file or folder another name, also where the system refuses to move folders: it is copied then, and the copy
 * is on the disk before the original is removed.
 *
 * @param to is not there, or is a file, as `from` is
 */
export async function movePath(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error) => moveByCopy(error, from, to));
}

/**
 * Overlays, which containers run on, refuse to move folders of the image below (EXDEV); some folders that are shared
 * with another system refuse it while a file inside is open (EPERM). Copies can be made.
 */
const NO_MOVES = ['EXDEV', 'EPERM'];

async function moveByCopy(error: NodeJS.ErrnoException, from: string, to: string): Promise<void> {
  const { code = '' } = error;
  const copies = NO_MOVES.includes(code) && (await stat(from)).isDirectory() && !(await exists(to));
  if (!copies) throw error;
  await cp(from, to, { recursive: true, preserveTimestamps: true });
  const names = await readdir(to, { recursive: true });
  for (const name of names) await syncPath(join(to, name));
  await syncPath(to);
  await syncPath(dirname(to));
  await rm(from, { recursive: true });
}

/** What systems answer about what cannot be synced: some network folders, devices. */
const NO_SYNC = ['EINVAL', 'ENOTSUP', 'ENOSYS'];
/** What they answer where folders cannot be: Windows. */
const NO_SYNC_OF_FOLDERS = [...NO_SYNC, 'EISDIR', 'EPERM', 'EACCES', 'EBADF'];

/** Waits until the content of a file, or the names in a folder, are on the disk itself. */
export async function syncPath(path: string): Promise<void> {
  const isFolder = (await stat(path)).isDirectory();
  try {
    const file = await open(path, isFolder ? 'r' : 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!(isFolder ? NO_SYNC_OF_FOLDERS : NO_SYNC).includes(code)) throw error;
  }
}
