import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Disk } from './disk.ts';

/** Makes a folder and those above it that are not there, so that they stay. */
export async function makeDirectories(disk: Disk, path: string): Promise<void> {
  if (existsSync(path)) return;
  await makeDirectories(disk, dirname(path));
  await disk.makeDirectory(path);
  await disk.sync(dirname(path));
}

/** Writes a file of a folder all or nothing: whenever the power goes, it is as before or as it shall be. */
export async function replaceFile(
  disk: Disk,
  directory: string,
  name: string,
  content: string,
): Promise<void> {
  const temporary = join(directory, `.${name}`);
  await disk.write(temporary, content);
  await disk.sync(temporary);
  await disk.move(temporary, join(directory, name));
  await disk.sync(directory);
}
