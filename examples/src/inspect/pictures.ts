import sharp from 'sharp';
import type { HeatMap } from './heat-map.ts';

/** Larger pictures are made smaller: twice the size they are shown at. */
const LARGEST_SIDE = 480;
const JPEG_QUALITY = 82;
/** Smaller heat maps are interpolated to this, since browsers stretch a few pixels into diamonds. */
const HEAT_MAP_SIDE = 56;

/** Interleaved 8-bit channels, row by row. */
interface Pixels {
  pixels: Uint8Array;
  width: number;
  height: number;
  channels: 3 | 4;
}

/** A photo as a data URI that holds a JPEG. */
export async function photoURI(pixels: Uint8Array, size: number): Promise<string> {
  const jpeg = await read({ pixels, width: size, height: size, channels: 3 })
    .resize({ width: LARGEST_SIDE, height: LARGEST_SIDE, withoutEnlargement: true })
    .jpeg({ quality: JPEG_QUALITY, mozjpeg: true })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

/**
 * A heat map as a data URI that holds a PNG, to be laid over the photo: nearly transparent where the
 * response is weak, bright and nearly opaque where it is strong.
 */
export async function heatMapURI({ height, width, values }: HeatMap): Promise<string> {
  const levels = Uint8Array.from(values, (value) => Math.round(255 * value));
  const side = Math.max(HEAT_MAP_SIDE, height, width);
  const smooth = await sharp(levels, { raw: { width, height, channels: 1 } })
    .resize({ width: side, height: side, fit: 'fill', kernel: 'cubic' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  const pixels = new Uint8Array(smooth.length * 4);
  smooth.forEach((level, i) => {
    pixels.set(glow(level / 255), i * 4);
  });
  return pngURI({ pixels, width: side, height: side, channels: 4 });
}

/** Red, green, blue, opacity as a data URI that holds a PNG. */
export async function pngURI(picture: Pixels): Promise<string> {
  const png = await read(picture).png({ compressionLevel: 9 }).toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}

function read({ pixels, width, height, channels }: Pixels) {
  return sharp(pixels, { raw: { width, height, channels } });
}

/** Colours of a glowing body by response: red, green, blue. In between they are mixed. */
const GLOW = [
  [18, 12, 48],
  [98, 24, 106],
  [192, 52, 80],
  [246, 142, 22],
  [255, 248, 176],
] as const;

/** 0…1 → red, green, blue, opacity */
export function glow(value: number): [number, number, number, number] {
  const place = value * (GLOW.length - 1);
  const below = Math.min(Math.floor(place), GLOW.length - 2);
  const mix = (channel: 0 | 1 | 2) => {
    const [from, to] = [GLOW[below]?.[channel] as number, GLOW[below + 1]?.[channel] as number];
    return Math.round(from + (to - from) * (place - below));
  };
  return [mix(0), mix(1), mix(2), Math.round(255 * (0.12 + 0.76 * value))];
}
