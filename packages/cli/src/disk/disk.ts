import { mkdir, open, rm } from 'node:fs/promises';
import { movePath, namingPath, syncPath } from '@fbsd/datasets';

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
  makeDirectory: (path) => namingPath(path, mkdir(path)),
  write: (path, content) => namingPath(path, writeTo(path, 'w', content)),
  append: (path, text) => namingPath(path, writeTo(path, 'a', text)),
  sync: (path) => namingPath(path, syncPath(path)),
  move: (from, to) => namingPath(from, movePath(from, to)),
  remove: (path) => namingPath(path, rm(path, { recursive: true, force: true })),
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
