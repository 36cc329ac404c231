import { open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '@fbsd/trainer';
import { bytes, duration } from '@fbsd/trainer/format';
import { namingPath } from '../files/disk-error.ts';
import { exists } from '../files/exists.ts';
import { differenceOf } from './digest.ts';
import { openUrl } from './open-url.ts';

/** A file to fetch, and the digest that it is published with. */
export interface RemoteFile {
  /** By http or https. */
  url: string;
  /** 32 hexadecimal digits. */
  md5?: string;
  /** Hexadecimal digits: all 64, or as many of the first ones as are known. */
  sha256?: string;
}

/** How far a download has come. */
export interface Transfer {
  /** The file is fetched, its digest is computed, or it is unpacked. */
  step: 'fetching' | 'checking' | 'unpacking';
  /** Name of the file. */
  file: string;
  /** Bytes of the file that this step has done. */
  done: number;
  /** Bytes of the whole file; undefined when the server does not say. */
  total: number | undefined;
}

/** How a file is fetched. */
export interface FetchOptions {
  /** Is told how far it has come, after every piece. */
  onProgress?: (transfer: Transfer) => void;
  /** Is told why there is another attempt, before it. */
  onRetry?: (reason: string) => void;
  /** Attempts in a row that bring nothing before it gives up. @default 5 */
  attempts?: number;
  /** Milliseconds before the second attempt; twice as long before each that follows. @default 1000 */
  pause?: number;
  /** Bytes that a file may have; nothing is kept of a larger one. @default 8e9 */
  maxBytes?: number;
  /**
   * Milliseconds in which a server has to answer, and from then on to bring {@link minBytes}; a slower connection is
   * ended. @default 60,000
   */
  window?: number;
  /** Bytes, see {@link window}. An attempt that brings fewer has brought nothing. @default 1000 */
  minBytes?: number;
  /** What a person can do whom nothing helps: a sentence without its full stop. */
  otherwise?: string;
}

const DEFAULTS = {
  attempts: 5,
  pause: 1000,
  maxBytes: 8e9,
  window: 60_000,
  minBytes: 1000,
  otherwise: 'Fetch it with another program, and name the file',
} as const;

/** A failure that another attempt may mend. */
class Interruption extends Error {}

/**
 * Fetches a file into a folder and checks its digest, where one is known. Its bytes go to `<name>.part`, where the next
 * attempt, or the next call, goes on; the file has its own name once it is whole and right.
 *
 * The server is asked for the bytes that are missing, on condition that its file is still the same
 * (`Range`, `If-Range`). One that does not do that sends all of it again; so does one that names no version of a file whose
 * digest is not known, since nothing would tell that the bytes belong together.
 *
 * @returns path of the file
 * @throws UserError that names the address: no connection after several attempts, a status such as 404, too
 *   large, no space on the disk, another digest
 */
export async function fetchFile(
  remote: RemoteFile,
  folder: string,
  { onProgress = () => {}, onRetry = () => {}, ...options }: FetchOptions = {},
): Promise<string> {
  const { url } = remote;
  const { attempts, pause, ...limits } = { ...DEFAULTS, ...options };
  const name = basename(new URL(url).pathname);
  const file = join(folder, name);
  if (await exists(file)) return file;
  const part = `${file}.part`;
  let most = await sizeOf(part);
  for (let failures = 0; ; ) {
    try {
      await transfer(remote, part, limits, (done, total) =>
        onProgress({ step: 'fetching', file: name, done, total }),
      );
      break;
    } catch (error) {
      if (!(error instanceof Interruption)) throw error;
      const size = await sizeOf(part);
      failures = size >= most + limits.minBytes ? 1 : failures + 1;
      most = Math.max(most, size);
      if (failures >= attempts) {
        const { from } = await goingOn(remote, part);
        if (from === 0) await discard(part);
        const advice =
          from > 0
            ? `${bytes(from)} are kept: try again, and it goes on from there`
            : limits.otherwise;
        throw new UserError(
          `[@fbsd/datasets] download: ${url}: ${error.message}, ${failures} times. ${advice}.`,
          { cause: error },
        );
      }
      onRetry(error.message);
      await wait(pause * 2 ** (failures - 1));
    }
  }
  const wrong = await differenceOf(part, remote, onProgress);
  await rm(versionOf(part), { force: true });
  if (wrong !== null) {
    await rm(part);
    throw new UserError(
      `[@fbsd/datasets] download: ${url} came with ${wrong}. It was removed. Try again; if it stays so, the server has another file.`,
    );
  }
  await rename(part, file);
  return file;
}

/** Fetches the bytes of a file that are missing. */
async function transfer(
  remote: RemoteFile,
  part: string,
  limits: Limits,
  onBytes: (done: number, total: number | undefined) => void,
): Promise<void> {
  const { url } = remote;
  const { from: asked, version } = await goingOn(remote, part);
  const headers = {
    ...(asked > 0 && { range: `bytes=${asked}-` }),
    ...(version && { 'if-range': version }),
  };
  const response = await openUrl(url, headers, limits.window).catch((error: Error) => {
    throw new Interruption(error.message, { cause: error });
  });
  try {
    if (hasAll(response, asked)) return;
    const { from, total } = await begin(response, url, part, asked, limits.otherwise);
    if ((total ?? 0) > limits.maxBytes) throw await tooLarge(url, part, limits);
    await requireRoom(url, part, (total ?? from) - from);
    await receive(response, { url, part, from, ...limits, total, onBytes });
    const size = await sizeOf(part);
    if (total !== undefined && size < total) {
      throw new Interruption(`the connection ended after ${size} of ${total} bytes`);
    }
  } finally {
    response.destroy();
  }
}

/** From which byte a file can be gone on with, and the version of the server's file that what has come is of. */
async function goingOn(
  { md5, sha256 }: RemoteFile,
  part: string,
): Promise<{ from: number; version: string }> {
  const size = await sizeOf(part);
  const version = size > 0 ? await readFile(versionOf(part), 'utf8').catch(() => '') : '';
  return { from: version || md5 || sha256 ? size : 0, version };
}

/** Tells by a server's answer that all of its file has been fetched before: there are so many bytes, and no more. */
function hasAll({ statusCode, headers }: IncomingMessage, asked: number): boolean {
  const total = /^bytes \*\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  return statusCode === 416 && asked > 0 && Number(total) === asked;
}

/** Says where in the file the body of a response belongs. @throws Interruption when it has to be asked for again */
async function begin(
  { statusCode, headers }: IncomingMessage,
  url: string,
  part: string,
  asked: number,
  otherwise: string,
): Promise<{ from: number; total: number | undefined }> {
  if (statusCode === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
    if (asked > 0 && Number(start) === asked) return { from: asked, total: Number(total) };
  }
  if (statusCode === 206 || statusCode === 416) {
    await rm(part, { force: true }); // of another file, or more than the server has
    throw new Interruption(`the server has no bytes from ${asked} on`);
  }
  if (statusCode === 200) {
    await rm(part, { force: true }); // whatever has come is of another version, which must not get this one's name
    const { etag, 'last-modified': modified } = headers;
    const version = etag && !etag.startsWith('W/') ? etag : modified;
    if (version) await namingPath(versionOf(part), writeFile(versionOf(part), version));
    else await rm(versionOf(part), { force: true });
    const length = headers['content-length'];
    return { from: 0, total: length === undefined ? undefined : Number(length) };
  }
  if (statusCode === 408 || statusCode === 429 || (statusCode ?? 0) >= 500) {
    throw new Interruption(`the server answers with status ${statusCode}`);
  }
  throw new UserError(
    `[@fbsd/datasets] download: ${url}: the server answers with status ${statusCode}. If it has moved: ${otherwise}.`,
  );
}

type Limits = Required<Pick<FetchOptions, 'maxBytes' | 'window' | 'minBytes' | 'otherwise'>>;

interface Receipt extends Limits {
  url: string;
  part: string;
  from: number;
  total: number | undefined;
  onBytes(done: number, total: number | undefined): void;
}

async function receive(
  response: IncomingMessage,
  { url, part, from, maxBytes, window, minBytes, total, onBytes }: Receipt,
): Promise<void> {
  let done = from;
  let since = { time: performance.now(), done };
  const file = await open(part, from > 0 ? 'a' : 'w');
  const chunks = response[Symbol.asyncIterator]();
  const next = () =>
    chunks.next().catch((error: Error) => {
      throw new Interruption(`the connection broke off (${error.message})`, { cause: error });
    });
  try {
    for (let chunk = await next(); !chunk.done; chunk = await next()) {
      done += chunk.value.length;
      if (done > maxBytes) throw await tooLarge(url, part, { maxBytes });
      await namingPath(part, file.writeFile(chunk.value));
      onBytes(done, total);
      const time = performance.now();
      if (time - since.time < window) continue;
      const came = done - since.done;
      if (came < minBytes && done !== total) {
        throw new Interruption(`only ${bytes(came)} came in ${duration(window / 1000)}`);
      }
      since = { time, done };
    }
  } finally {
    await namingPath(part, file.close());
  }
}

async function tooLarge(
  url: string,
  part: string,
  { maxBytes }: Pick<Limits, 'maxBytes'>,
): Promise<UserError> {
  await discard(part);
  return new UserError(
    `[@fbsd/datasets] download: ${url} has more than ${bytes(maxBytes)}: it is not what was asked for.`,
  );
}

async function requireRoom(url: string, part: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(join(part, '..'));
  const free = bavail * bsize;
  if (needed <= free) return;
  if ((await sizeOf(part)) === 0) await discard(part);
  throw new UserError(
    `[@fbsd/datasets] download: ${url} needs ${bytes(needed)} more, but the disk of ${part} has ${bytes(free)} left. Make room, or choose another folder.`,
  );
}

/** Removes what has come of a file. */
async function discard(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(versionOf(part), { force: true });
}

/** The file that keeps the version of the server's file that a part is of: its ETag or date. */
function versionOf(part: string): string {
  return `${part}.version`;
}

function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return 0;
      throw error;
    },
  );
}
