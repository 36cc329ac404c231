import type { Pixels } from '../resize/resize.ts';
import type { Sample } from './dataset.ts';

/** Tells a picture source which picture to read, and how many rows at its bottom to leave out. */
export type Picture = Pick<Sample, 'path' | 'cutBottom'>;

/** Where pictures come from: files on a disk, a page's `File`s, the network. */
export interface PictureSource {
  /**
   * Decodes a picture to RGB, 8 bits a channel, upright, without the rows that are to be cut off.
   *
   * Should work in the background, so that it goes on while a training step blocks.
   *
   * @throws Error that names the picture when it is missing, damaged or no picture
   */
  read(picture: Picture): Promise<Pixels>;
  /**
   * Tells if the picture is stored upright. Coordinates of boxes and parts then hold for the pixels that
   * {@link read} returns as well, and are drawn; of other pictures, and by a source without this method, none are.
   *
   * @throws Error that names the picture when it is missing or no picture
   */
  isStoredUpright?(picture: Picture): Promise<boolean>;
}

/** Keeps pictures that have been decoded and resized. */
export interface PictureCache {
  /**
   * Shows the picture, resized to size × size, to a function; the bytes are the same whether it was kept or not.
   *
   * @param size side in pixels
   * @param use may read the pixels until it returns; copy what is to last
   * @throws as {@link PictureSource.read}
   */
  read(picture: Picture, size: number, use: (pixels: Pixels) => void): Promise<void>;
}
