import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { type Folder, RESTORE } from '@fbsd/trainer/run-files';

/** A folder on the disk. */
export function diskFolder(directory: string): Folder {
  const pathOf = (name: string) => join(directory, name);
  const sizeOf = (name: string) => sizeOfFile(pathOf(name));
  return {
    pathOf,
    sizeOf,
    async read(name) {
      if ((await sizeOf(name)) !== null) return readFile(pathOf(name));
      throw new UserError(`[fbsd] ${pathOf(name)} is missing. ${RESTORE}`);
    },
  };
}

/** A pipe or a device, named like a file, would never end. */
async function sizeOfFile(file: string): Promise<number | null> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return null;
  if (found.isFile()) return found.size;
  throw new UserError(`[fbsd] ${file}: expected a file; got something else. ${RESTORE}`);
}
