import { UserError } from '../user-error.ts';
import type { Folder } from './folder.ts';
import { RESTORE } from './json.ts';

/** The file with the checksums of the others of its folder, in the format of `sha256sum --check`. */
export const CHECKSUMS = 'SHA256SUMS';

/** The line of a file. @param digest its SHA-256 in hexadecimal digits */
export function checksumLine(digest: string, name: string): string {
  return `${digest}  ${name}\n`;
}

/** A folder whose files are checked against their checksums, if it has such. */
export class ChecksummedFolder implements Folder {
  /** Hexadecimal digits by the name of the file; null for a folder that was written without. */
  readonly checksums: ReadonlyMap<string, string> | null;
  private readonly folder: Folder;

  private constructor(folder: Folder, checksums: ReadonlyMap<string, string> | null) {
    this.folder = folder;
    this.checksums = checksums;
  }

  /** @throws UserError for checksums that are damaged themselves */
  static async open(folder: Folder): Promise<ChecksummedFolder> {
    if ((await folder.sizeOf(CHECKSUMS)) === null) return new ChecksummedFolder(folder, null);
    const text = new TextDecoder().decode(await folder.read(CHECKSUMS));
    const lines = text.replace(/\n$/, '').split('\n');
    const pairs = lines.map((line, i): [string, string] => {
      const [, digest, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
      if (digest && name) return [name, digest];
      throw new UserError(
        `[@fbsd/trainer] ${folder.pathOf(CHECKSUMS)}:${i + 1} is damaged: expected 64 hexadecimal digits, two spaces and the name of a file. ${RESTORE}`,
      );
    });
    return new ChecksummedFolder(folder, new Map(pairs));
  }

  pathOf(name: string): string {
    return this.folder.pathOf(name);
  }

  sizeOf(name: string): Promise<number | null> {
    return this.folder.sizeOf(name);
  }

  /** @throws UserError that names the file when it is not as it was written, or missing */
  async read(name: string): Promise<Uint8Array> {
    const bytes = await this.folder.read(name);
    if (this.checksums === null) return bytes;
    const expected = this.checksums.get(name);
    if (expected === undefined) {
      throw new UserError(
        `[@fbsd/trainer] ${this.pathOf(CHECKSUMS)} is damaged: expected a checksum of ${name}; got ${this.checksums.size} of other files. ${RESTORE}`,
      );
    }
    const got = await sha256(bytes);
    if (got === expected) return bytes;
    throw new UserError(
      `[@fbsd/trainer] ${this.pathOf(name)} is not as it was written: expected SHA-256 ${short(expected)}, as ${CHECKSUMS} says; got ${short(got)} (${bytes.length} bytes). ${RESTORE.slice(0, -1)}; if it was changed on purpose, remove ${CHECKSUMS}.`,
    );
  }
}

/**
 * The digest in hexadecimal digits, computed in the background.
 *
 * @throws UserError in a page that is not secure, where browsers have no digests
 */
export async function sha256(content: Uint8Array | string): Promise<string> {
  const { subtle } = crypto as Partial<Crypto>;
  if (!subtle) {
    throw new UserError(
      '[@fbsd/trainer] this page cannot compute checksums. Serve it by https, or from localhost.',
    );
  }
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const digest = await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function short(digest: string): string {
  return `${digest.slice(0, 12)}…`;
}
