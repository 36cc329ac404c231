import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { lockDirectory } from '../files/directory-lock.ts';
import { forPerson } from '../files/disk-error.ts';
import { exists } from '../files/exists.ts';
import { movePath } from '../files/move-path.ts';
import { type FetchOptions, fetchFile } from './fetch-file.ts';
import { type Archive, SOURCES, type Source } from './sources.ts';
import { type UnpackLimits, unpack } from './unpack.ts';

export { ensureFile, pathOfFile } from './ensure-file.ts';
export type { Transfer } from './fetch-file.ts';
export { SOURCES };

/** How a data set is fetched and unpacked. */
export interface DownloadOptions extends FetchOptions {
  /** Bounds of the unpacked data set. @default those of {@link UnpackLimits} */
  limits?: UnpackLimits;
}

/**
 * Makes sure that a data set is in a folder: one that holds anything is left alone, otherwise the data
 * set is fetched and unpacked beside it, in `<folder>.download`, and takes its place when it is
 * complete. An empty folder that cannot be replaced, as a disk's, is filled from a folder `.download` inside. Interrupted at any moment, it leaves no folder that looks like a data set, and goes on when
 * it is called again.
 *
 * @param source from {@link SOURCES}, or one of your own
 * @param root folder of the data set
 * @returns true in `downloaded` if it had to be fetched
 * @throws UserError when there is nothing to fetch, with what to do instead; when another process is at it;
 *   when an archive cannot be fetched, has another MD5, does not fit on the disk or cannot be unpacked; when the
 *   system refuses to write, with what to do
 */
export async function ensureDownloaded(
  source: Source,
  root: string,
  options: DownloadOptions = {},
): Promise<{
  /** False if the folder held something already. */
  downloaded: boolean;
}> {
  const folder = resolve(root);
  try {
    return await download(source, folder, options);
  } catch (error) {
    throw forPerson(`[@fbsd/datasets] download: ${folder}`, 'What has come is kept', error);
  }
}

async function download(
  source: Source,
  folder: string,
  { limits, ...options }: DownloadOptions,
): Promise<{ downloaded: boolean }> {
  if (await holdsSomething(folder)) return { downloaded: false };
  if ('advice' in source) throw new UserError(`[@fbsd/datasets] download: ${source.advice}`);
  const inside = await mustStay(folder);
  const workplace = inside ? join(folder, INSIDE) : `${folder}.download`;
  await mkdir(workplace, { recursive: true });
  const release = lockDirectory(workplace, 'fetches into', 'Wait for it');
  try {
    const fresh = join(workplace, 'unpacked');
    const complete = join(workplace, 'complete');
    if (inside && (await exists(complete))) {
      await moveUp(complete, folder);
      await rm(workplace, { recursive: true });
      return { downloaded: true };
    }
    const archives = await fetchAll(source.archives, workplace, options);
    await rm(fresh, { recursive: true, force: true });
    for (const archive of archives) {
      const file = basename(archive);
      const { size: total } = await stat(archive);
      const onBytes = (done: number) =>
        options.onProgress?.({ step: 'unpacking', file, done, total });
      await unpack(archive, fresh, { ...limits, onBytes }).catch(async (error) => {
        await rm(fresh, { recursive: true, force: true, maxRetries: 5 });
        throw error;
      });
    }
    if (inside) {
      await movePath(fresh, complete); // from here on it is moved, by the next call if need be
      await moveUp(complete, folder);
    } else {
      await movePath(fresh, folder);
    }
    await rm(workplace, { recursive: true });
  } finally {
    release();
    await rmdir(workplace).catch(() => {}); // nothing has come: nothing is left
  }
  return { downloaded: true };
}

async function fetchAll(
  archives: readonly Archive[],
  workplace: string,
  options: FetchOptions,
): Promise<string[]> {
  const files: string[] = [];
  for (const archive of archives)
    files.push(await fetchFile(archive, workplace, { otherwise: BY_HAND, ...options }));
  return files;
}

const BY_HAND = 'Fetch and unpack it with another program, and name its folder';

/** Where a data set is fetched and unpacked whose folder has to stay. */
const INSIDE = '.download';

/** Tells if a folder holds anything of its own: a data set that is under way does not count, nor what a new disk has. */
async function holdsSomething(folder: string): Promise<boolean> {
  if (!(await exists(folder))) return false;
  const names = await readdir(folder);
  return !names.includes(INSIDE) && names.some((name) => name !== 'lost+found');
}

/** Removes an empty folder, whose place the data set takes. @returns true where it has to stay, as where a disk is mounted */
async function mustStay(folder: string): Promise<boolean> {
  if (!(await exists(folder))) return false;
  return rmdir(folder).then(
    () => false,
    () => true,
  );
}

async function moveUp(from: string, folder: string): Promise<void> {
  for (const name of await readdir(from)) await movePath(join(from, name), join(folder, name));
}
