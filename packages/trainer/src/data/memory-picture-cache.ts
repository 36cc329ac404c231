import { type Pixels, resizeToBytes } from '../resize/resize.ts';
import type { Picture, PictureCache, PictureSource } from './picture-source.ts';
import { geometry } from './transform.ts';

/** Options of {@link MemoryPictureCache}. */
export interface MemoryPictureCacheOptions {
  /** Bytes of the pictures that are kept. @default 256 MB */
  maxBytes?: number;
}

const DEFAULTS = { maxBytes: 256e6 } as const;

/**
 * Pictures that have been decoded and resized to R×R, kept in memory as raw RGB: 3·R² bytes each, 0.9 MB at R = 550.
 *
 * It is full at a number of bytes. What does not fit is decoded again each time: of pictures that are taken in turn, as
 * a training does, throwing out old ones for new ones would keep none until it is wanted. A picture that is kept is
 * known by its path alone: paths must not come to stand for other pictures.
 */
export class MemoryPictureCache implements PictureCache {
  private readonly pictures: PictureSource;
  private readonly maxBytes: number;
  private readonly kept = new Map<string, Uint8Array>();
  private total = 0;

  /** @param pictures decodes those that are not kept yet */
  constructor(pictures: PictureSource, options: MemoryPictureCacheOptions = {}) {
    this.pictures = pictures;
    this.maxBytes = { ...DEFAULTS, ...options }.maxBytes;
  }

  /** The bytes of so many pictures for images of a size, in pixels. */
  static bytesOf(count: number, imageSize: number): number {
    return count * 3 * geometry({ imageSize }).resizeSize ** 2;
  }

  /** The bytes of those that are kept. */
  get bytes(): number {
    return this.total;
  }

  async read(picture: Picture, size: number, use: (pixels: Pixels) => void): Promise<void> {
    const key = JSON.stringify([picture.path, picture.cutBottom ?? 0, size]);
    const data = this.kept.get(key) ?? this.keep(key, await this.decode(picture, size));
    use({ data, width: size, height: size });
  }

  /** Forgets all pictures. */
  clear(): void {
    this.kept.clear();
    this.total = 0;
  }

  private async decode(picture: Picture, size: number): Promise<Uint8Array> {
    const window = { left: 0, top: 0, width: size, height: size };
    const placement = { window, flip: false, side: size, left: 0, top: 0 };
    return resizeToBytes(await this.pictures.read(picture), size, placement);
  }

  private keep(key: string, data: Uint8Array): Uint8Array {
    if (!this.kept.has(key) && this.total + data.length <= this.maxBytes) {
      this.kept.set(key, data);
      this.total += data.length;
    }
    return data;
  }
}
