import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '@fbsd/trainer';
import type { Disk } from '../disk/disk.ts';
import { RESTORE, readRegularFile } from './json-file.ts';

/** The file with the checksums of the others of its folder, in the format of `sha256sum --check`. */
export const CHECKSUMS = 'SHA256SUMS';

/** Writes the files of a folder, and at last their checksums. Everything is on the disk itself after {@link seal}. */
export class ChecksummedWriter {
  private readonly disk: Disk;
  private readonly directory: string;
  private readonly lines: string[] = [];

  /** @param directory is there already */
  constructor(disk: Disk, directory: string) {
    this.disk = disk;
    this.directory = directory;
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    const path = join(this.directory, name);
    const stored = this.disk.write(path, content).then(() => this.disk.sync(path));
    const [digest] = await Promise.all([sha256Meanwhile(content), stored]);
    this.lines.push(`${digest}  ${name}\n`);
  }

  /** Ends the folder: the checksums say that it is whole. Where they are on the disk, the other files are before. */
  async seal(): Promise<void> {
    const path = join(this.directory, CHECKSUMS);
    await this.disk.sync(this.directory);
    await this.disk.write(path, this.lines.join(''));
    await this.disk.sync(path);
    await this.disk.sync(this.directory);
  }
}

/** Tells if a {@link ChecksummedWriter} has come to its end in a folder, whose last file has that name. */
export function isSealed(directory: string, lastFile: string): boolean {
  const file = join(directory, CHECKSUMS);
  return existsSync(file) && readFileSync(file, 'utf8').endsWith(`  ${lastFile}\n`);
}

/** Reads files of a folder, each checked against its checksum if the folder has such. */
export class ChecksummedReader {
  /** The folder. */
  readonly directory: string;
  /** Hexadecimal digits by the name of the file; null for a folder that was written without. */
  readonly checksums: ReadonlyMap<string, string> | null;

  private constructor(directory: string, checksums: ReadonlyMap<string, string> | null) {
    this.directory = directory;
    this.checksums = checksums;
  }

  /** @throws UserError for checksums that are damaged themselves */
  static async open(directory: string): Promise<ChecksummedReader> {
    const file = join(directory, CHECKSUMS);
    if (!existsSync(file)) return new ChecksummedReader(directory, null);
    const text = new TextDecoder().decode(await readRegularFile(file));
    const lines = text.replace(/\n$/, '').split('\n');
    const pairs = lines.map((line, i): [string, string] => {
      const [, digest, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
      if (digest && name) return [name, digest];
      throw new UserError(
        `[fbsd] ${file}:${i + 1} is damaged: expected 64 hexadecimal digits, two spaces and the name of a file. ${RESTORE}`,
      );
    });
    return new ChecksummedReader(directory, new Map(pairs));
  }

  /** @throws UserError that names the file when it is not as it was written, or missing */
  async read(name: string): Promise<Uint8Array> {
    const file = join(this.directory, name);
    const bytes = await readRegularFile(file);
    if (this.checksums === null) return bytes;
    const expected = this.checksums.get(name);
    if (expected === undefined) {
      throw new UserError(
        `[fbsd] ${join(this.directory, CHECKSUMS)} is damaged: expected a checksum of ${name}; got ${this.checksums.size} of other files. ${RESTORE}`,
      );
    }
    const got = sha256(bytes);
    if (got === expected) return bytes;
    throw new UserError(
      `[fbsd] ${file} is not as it was written: expected SHA-256 ${short(expected)}, as ${CHECKSUMS} says; got ${short(got)} (${bytes.length} bytes). ${RESTORE.slice(0, -1)}; if it was changed on purpose, remove ${CHECKSUMS}.`,
    );
  }
}

/** The digest in hexadecimal digits. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Bytes after which others have their turn: a few milliseconds. */
const TURN = 2 ** 23;

/** The same, while the disk works. */
async function sha256Meanwhile(content: Uint8Array | string): Promise<string> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const hash = createHash('sha256');
  for (let done = 0; done < bytes.length; done += TURN) {
    hash.update(bytes.subarray(done, done + TURN));
    await setImmediate();
  }
  return hash.digest('hex');
}

function short(digest: string): string {
  return `${digest.slice(0, 12)}…`;
}
