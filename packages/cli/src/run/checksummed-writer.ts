import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { CHECKSUMS, checksumLine } from '@fbsd/trainer/run-files';
import type { Disk } from '../disk/disk.ts';

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
    this.lines.push(checksumLine(digest, name));
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

/** Bytes after which others have their turn: a few milliseconds. */
const TURN = 2 ** 23;

/** The digest in hexadecimal digits, without a copy of the content, while the disk works. */
async function sha256Meanwhile(content: Uint8Array | string): Promise<string> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const hash = createHash('sha256');
  for (let done = 0; done < bytes.length; done += TURN) {
    hash.update(bytes.subarray(done, done + TURN));
    await setImmediate();
  }
  return hash.digest('hex');
}
