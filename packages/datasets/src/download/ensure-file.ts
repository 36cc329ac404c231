import { mkdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { lockDirectory } from '../files/directory-lock.ts';
import { forPerson } from '../files/disk-error.ts';
import { exists } from '../files/exists.ts';
import { movePath } from '../files/move-path.ts';
import { differenceOf } from './digest.ts';
import { type FetchOptions, fetchFile, type RemoteFile } from './fetch-file.ts';

/**
 * Where a file is kept that is fetched once for all: below `folder` as below its server, so that files of one name do
 * not meet.
 *
 * @throws UserError for what is no address of http or https
 */
export function pathOfFile({ url }: Pick<RemoteFile, 'url'>, folder: string): string {
  const address = URL.parse(url);
  const names = address?.pathname.split('/').filter((name) => name !== '') ?? [];
  if (!address || !/^https?:$/.test(address.protocol) || names.length === 0) {
    throw new UserError(
      `[@fbsd/datasets] download: expected the address of a file, https://…; got ${url}.`,
    );
  }
  const safe = [address.host, ...names].map((name) => name.replace(/[^\w.%@+=-]/g, '_'));
  return join(resolve(folder), ...safe);
}

/**
 * Makes sure that a file is in a folder, fetches it if it is not: once, for all who ask for it. One that is there is
 * taken without a request if its digest is right; another one is fetched again.
 *
 * It comes in `<name>.download` beside its place, which it takes when it is complete and right. Interrupted at any
 * moment, it goes on when it is called again.
 *
 * @param folder of all files that are kept; see {@link pathOfFile}
 * @returns path of the file
 * @throws UserError when another process is at it, when it cannot be fetched, is another one or does not fit on the
 *   disk; when the system refuses to write, with what to do
 */
export async function ensureFile(
  remote: RemoteFile,
  folder: string,
  options: FetchOptions = {},
): Promise<string> {
  const file = pathOfFile(remote, folder);
  try {
    return await ensure(remote, file, options);
  } catch (error) {
    throw forPerson(`[@fbsd/datasets] download: ${file}`, 'What has come is kept', error);
  }
}

async function ensure(remote: RemoteFile, file: string, options: FetchOptions): Promise<string> {
  const { onProgress = () => {}, onRetry = () => {} } = options;
  if (await exists(file)) {
    const wrong = await differenceOf(file, remote, onProgress);
    if (wrong === null) return file;
    onRetry(`${basename(file)} has ${wrong}`);
  }
  const workplace = `${file}.download`;
  await mkdir(workplace, { recursive: true });
  const release = lockDirectory(workplace, 'fetches into', 'Wait for it');
  try {
    const fetched = await fetchFile(remote, workplace, options);
    await mkdir(dirname(file), { recursive: true });
    await rm(file, { force: true });
    await movePath(fetched, file);
  } finally {
    release();
    await rmdir(workplace).catch(() => {}); // something has come: it stays
  }
  return file;
}
