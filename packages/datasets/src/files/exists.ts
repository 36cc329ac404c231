import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Tells if there is a file or folder at `path`. */
export async function exists(path: string): Promise<boolean> {
  return (await statOf(path)) !== null;
}

/** Whether there is a folder at `path`. */
export async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory() ?? false;
}

async function statOf(path: string): Promise<Stats | null> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
}
