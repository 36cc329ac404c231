import { cp, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * What is done to a disk so that something is kept: each a step after which the power may go. What was written, made,
 * moved or removed is sure to stay so only after {@link Disk.sync} of the file or of the folder that names it.
 */
export interface Disk {
  /** Makes a folder in one that is there. */
  makeDirectory(path: string): Promise<void>;
  /** Writes a file, in place of one of that name. */
  write(path: string, content: Uint8Array | string): Promise<void>;
  /** Adds to the end of a file, which is made if it is not there. */
  append(path: string, text: string): Promise<void>;
  /** Waits until the content of a file, or the names in a folder, are on the disk itself. */
  sync(path: string): Promise<void>;
  /** Gives a file or folder another name in its folder. In place of a file, but not of a folder. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file, or a folder with what is in it, if it is there. */
  remove(path: string): Promise<void>;
}

/** The disk, through Node. Errors of the system name the path. */
export const nodeDisk: Disk = {
  makeDirectory: (path) => naming(path, mkdir(path)),
  write: (path, content) => naming(path, writeTo(path, 'w', content)),
  append: (path, text) => naming(path, writeTo(path, 'a', text)),
  sync: (path) => naming(path, sync(path)),
  move: (from, to) =>
    naming(
      from,
      rename(from, to).catch((error) => moveByCopy(error, from, to)),
    ),
  remove: (path) => naming(path, rm(path, { recursive: true, force: true })),
};

async function writeTo(path: string, flags: 'w' | 'a', content: Uint8Array | string) {
  const file = await open(path, flags);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    // As much at a time as the system takes: the process is free meanwhile, for checksums.
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
    }
  } finally {
    await file.close();
  }
}

/** What systems answer about what cannot be synced: some network folders, devices. */
const NO_SYNC = ['EINVAL', 'ENOTSUP', 'ENOSYS'];
/** What they answer where folders cannot be: Windows. */
const NO_SYNC_OF_FOLDERS = [...NO_SYNC, 'EISDIR', 'EPERM', 'EACCES', 'EBADF'];

async function sync(path: string): Promise<void> {
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

/** Overlays, which containers run on, refuse to move folders of the image below: EXDEV. Copies can be made. */
async function moveByCopy(error: NodeJS.ErrnoException, from: string, to: string): Promise<void> {
  if (error.code !== 'EXDEV' || !(await stat(from)).isDirectory()) throw error;
  await cp(from, to, { recursive: true, preserveTimestamps: true });
  const names = await readdir(to, { recursive: true });
  for (const name of names) await sync(join(to, name));
  await sync(to);
  await sync(dirname(to));
  await rm(from, { recursive: true });
}

/** Adds the path to what the system says, where it does not tell: `ENOSPC: no space left on device, write`. */
async function naming<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall && !message.includes(path)) (error as Error).message += ` '${path}'`;
    throw error;
  }
}
