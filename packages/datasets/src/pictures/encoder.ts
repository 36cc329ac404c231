import type { Encoder, HeatMap } from '@fbsd/trainer';
import { glow } from '@fbsd/trainer';
import sharp from 'sharp';

/** Larger photos are made smaller: twice the size they are shown at. */
const LARGEST_SIDE = 480;
const JPEG_QUALITY = 82;
/** Smaller heat maps are interpolated to this, since browsers stretch a few pixels into diamonds. */
const HEAT_MAP_SIDE = 56;

/** Encodes the pictures of a report by sharp: photos as JPEG, everything else as PNG. */
export const sharpEncoder: Encoder = {
  async photo(rgb, side) {
    const jpeg = await sharp(rgb, { raw: { width: side, height: side, channels: 3 } })
      .resize({ width: LARGEST_SIDE, height: LARGEST_SIDE, withoutEnlargement: true })
      .jpeg({ quality: JPEG_QUALITY, mozjpeg: true })
      .toBuffer();
    return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
  },

  async heatMap({ height, width, values }: HeatMap) {
    const levels = Uint8Array.from(values, (value) => Math.round(255 * value));
    const side = Math.max(HEAT_MAP_SIDE, height, width);
    const smooth = await sharp(levels, { raw: { width, height, channels: 1 } })
      .resize({ width: side, height: side, fit: 'fill', kernel: 'cubic' })
      .extractChannel(0)
      .raw()
      .toBuffer();
    const rgba = new Uint8Array(smooth.length * 4);
    smooth.forEach((level, i) => {
      rgba.set(glow(level / 255), i * 4);
    });
    return png(rgba, side, side);
  },

  pixels: png,
};

async function png(rgba: Uint8Array, width: number, height: number): Promise<string> {
  const file = await sharp(rgba, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${file.toString('base64')}`;
}
