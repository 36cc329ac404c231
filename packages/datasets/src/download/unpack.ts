import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '@fbsd/trainer';
import { bytes } from '@fbsd/trainer/format';
import { type ReadEntry, Unpack } from 'tar';
import { remedyOf } from '../files/disk-error.ts';
import { leadsOut } from '../files/leads-out.ts';

/** The most that an archive may hold: a damaged or malicious one must not fill the disk. */
export interface UnpackLimits {
  /** Files and folders together. @default 200,000 */
  maxEntries?: number;
  /** Bytes of all files together. @default 16e9 */
  maxBytes?: number;
}

const DEFAULTS = { maxEntries: 200_000, maxBytes: 16e9 } as const;
const KINDS = ['File', 'OldFile', 'ContiguousFile', 'Directory'];

/**
 * Unpacks a tar archive, gzipped or not, into a folder.
 *
 * Files and folders inside it are all that is made: nothing has a path that leads out, nothing is a
 * link or a device, owners and permissions are not taken over. The first entry that is otherwise, or
 * goes beyond the limits, ends it before it is written.
 *
 * @param onBytes is told how many bytes of the archive have been read
 * @throws UserError that names archive and entry; what was unpacked before is left in the folder
 */
export async function unpack(
  archive: string,
  folder: string,
  { onBytes = () => {}, ...limits }: UnpackLimits & { onBytes?: (done: number) => void } = {},
): Promise<void> {
  const { examine, seen } = examiner({ ...DEFAULTS, ...limits });
  await mkdir(folder, { recursive: true });
  // Gunzipped in pieces: all that tar unpacks of a piece of the archive it would keep in one, and copy for each entry.
  const unzipped = (await isGzipped(archive)) ? createGunzip() : new PassThrough();
  const source = createReadStream(archive, { highWaterMark: 1 << 18 }); // last: it may fail before it is listened to
  let fault: Error | undefined;
  const target = new Unpack({
    cwd: folder,
    strict: true,
    preserveOwner: false,
    filter: (path, entry) => {
      const found = fault ? undefined : examine(path, entry as ReadEntry);
      if (found !== undefined)
        stop(new Error(`its entry '${JSON.stringify(path).slice(1, -1)}' ${found}`));
      return fault === undefined;
    },
    onReadEntry: (entry) => {
      entry.mode = entry.type === 'Directory' ? 0o755 : 0o644;
    },
  });
  const stop = (error: Error) => {
    if (fault) return;
    fault = error;
    finish();
    setImmediate(() => target.end()); // not within a write
  };
  const finish = () => {
    unzipped.unpipe(target);
    source.destroy();
    unzipped.destroy();
  };
  let done = 0;
  source.on('data', (chunk) => {
    done += chunk.length;
    onBytes(done);
  });
  source.on('error', stop);
  unzipped.on('error', stop);
  target.on('error', stop);
  const ended = new Promise<void>((resolve) => {
    target.on('close', () => resolve()); // all that was under way is written
    target.on('abort', () => resolve()); // after damage in gzip's data
  });
  target.on('eof', () => {
    if (fault) return;
    finish(); // what follows an archive's end is nothing
    setImmediate(() => target.end());
  });
  source.pipe(unzipped).pipe(target);
  await ended;
  if (!fault && seen.entries === 0) fault = new Error('it holds nothing');
  if (fault) throw refusal(archive, folder, fault);
}

async function isGzipped(archive: string): Promise<boolean> {
  const file = await open(archive);
  try {
    const { buffer } = await file.read(new Uint8Array(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** Looks at one entry after another and says what is wrong with it. */
function examiner({ maxEntries, maxBytes }: Required<UnpackLimits>) {
  const seen = { entries: 0, bytes: 0 };
  const examine = (
    path: string,
    { type, size }: Pick<ReadEntry, 'type' | 'size'>,
  ): string | undefined => {
    seen.entries++;
    seen.bytes += size;
    if (!KINDS.includes(type)) return `is neither a file nor a folder (${type})`;
    if (path.includes('\0')) return 'has a NUL in its path';
    if (leadsOut(path)) return 'leads out';
    if (seen.entries > maxEntries) return `is one of more than ${maxEntries}`;
    if (seen.bytes > maxBytes) return `is beyond ${bytes(maxBytes)} in all`;
    return undefined;
  };
  return { examine, seen };
}

function refusal(archive: string, folder: string, cause: Error): Error {
  const remedy = remedyOf(cause);
  const advice = remedy
    ? `What has come is kept: ${remedy}, then try again.`
    : 'If it is not what it should be, remove it: it is fetched again then.';
  return new UserError(
    `[@fbsd/datasets] download: ${archive} cannot be unpacked${remedy ? ` into ${folder}` : ''}: ${cause.message}. ${advice}`,
    { cause },
  );
}
