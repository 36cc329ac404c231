import type { PictureSource } from '../data/picture-source.ts';
import { decodeImage } from './decode-image.ts';

/** Reads pictures by their address, of this site or the `blob:` of a `File`, to train in a page on them. */
export const webPictures: PictureSource = {
  read: ({ path, cutBottom }) => decodeImage(path, cutBottom),
};
