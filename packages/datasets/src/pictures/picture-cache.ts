import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  geometry,
  type Picture,
  type PictureCache,
  type PictureSource,
  type Pixels,
  resizeToBytes,
} from '@fbsd/trainer';
import { bytes as shownBytes } from '@fbsd/trainer/format';

/** Changes whenever the same picture would be kept as other bytes. */
const VERSION = 1;
/** A cache must not take the room that checkpoints need. */
const RESERVE = 1e9;
const CHECKSUM_BYTES = 4;

/** Options of {@link DiskPictureCache}. */
export interface DiskPictureCacheOptions {
  /** Is told why a picture cannot be kept, the first time. @default nobody is */
  onRefusal?(reason: string): void;
}

/**
 * Pictures that have been decoded and resized to R×R, kept on disk as raw RGB: 3·R² bytes each, 0.9 MB
 * at R = 550.
 *
 * An entry is a file whose name is made of the picture's path, time and size and of R: of a picture
 * that has changed there is none. It begins with the CRC-32 of its bytes; one that is damaged or cut
 * off counts as missing. Entries appear as a whole, so that several processes may share a folder.
 * Nothing of it is kept in memory, and nothing is ever removed: delete the folder when it is not
 * wanted any more. What cannot be kept, because less than 1 GB is left on the disk for example, is
 * decoded again each time; `onRefusal` is told why, once.
 */
export class DiskPictureCache implements PictureCache {
  private readonly folder: string;
  private readonly pictures: PictureSource;
  private readonly spare: Buffer[] = [];
  private readonly onRefusal: (reason: string) => void;
  private refused = false;

  /**
   * @param folder is made when the first picture is kept
   * @param pictures decodes those that are not kept yet
   */
  constructor(
    folder: string,
    pictures: PictureSource,
    { onRefusal = () => {} }: DiskPictureCacheOptions = {},
  ) {
    this.folder = folder;
    this.pictures = pictures;
    this.onRefusal = onRefusal;
  }

  /** The bytes on the disk of so many pictures for images of a size, in pixels. */
  static bytesOf(count: number, imageSize: number): number {
    return count * bytesOfEntry(geometry({ imageSize }).resizeSize);
  }

  async read(picture: Picture, size: number, use: (pixels: Pixels) => void): Promise<void> {
    const entry = await this.entryOf(picture, size);
    if (entry) {
      const buffer = this.bufferFor(size);
      try {
        const data = await readEntry(entry, buffer);
        if (data) {
          use({ data, width: size, height: size });
          return;
        }
      } finally {
        this.spare.push(buffer);
      }
    }
    const window = { left: 0, top: 0, width: size, height: size };
    const placement = { window, flip: false, side: size, left: 0, top: 0 };
    const pixels = await this.pictures.read(picture);
    const data = resizeToBytes(pixels, size, placement);
    const refusal = entry && (await writeEntry(entry, data));
    if (refusal && !this.refused) {
      this.refused = true;
      this.onRefusal(refusal);
    }
    use({ data, width: size, height: size });
  }

  /** One that is not in use, of the right size. */
  private bufferFor(size: number): Buffer {
    const at = this.spare.findIndex(({ length }) => length === bytesOfEntry(size));
    return this.spare.splice(at, at < 0 ? 0 : 1)[0] ?? Buffer.allocUnsafeSlow(bytesOfEntry(size));
  }

  /** Undefined when there is no such picture. */
  private async entryOf(
    { path, cutBottom = 0 }: Picture,
    size: number,
  ): Promise<string | undefined> {
    const stats = await stat(path).catch(() => undefined);
    if (!stats) return undefined;
    const key = JSON.stringify([VERSION, path, stats.mtimeMs, stats.size, cutBottom, size]);
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    return join(this.folder, name.slice(0, 2), `${name.slice(2)}.rgb`);
  }
}

function bytesOfEntry(size: number): number {
  return CHECKSUM_BYTES + 3 * size * size;
}

/** The bytes of an entry, in the buffer; undefined when there is none or it is damaged. */
async function readEntry(entry: string, bytes: Buffer): Promise<Uint8Array | undefined> {
  const file = await open(entry).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const data = bytes.subarray(CHECKSUM_BYTES);
    return bytesRead === bytes.length && bytes.readUInt32LE() === crc32(data) ? data : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** @returns why it cannot be written, undefined when it is */
async function writeEntry(entry: string, data: Uint8Array): Promise<string | undefined> {
  // Every process writes the same bytes to it: no name of its own is needed, and what a killed one
  // left is written over.
  const passing = `${entry}.writing`;
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(data));
  try {
    await mkdir(dirname(entry), { recursive: true });
    const { bavail, bsize } = await statfs(dirname(entry));
    if (bavail * bsize < RESERVE) return `less than ${shownBytes(RESERVE)} is left on its disk`;
    await writeFile(passing, [checksum, data]);
    await rename(passing, entry);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' && existsSync(entry) ? undefined : message; // another process was faster
  }
}
