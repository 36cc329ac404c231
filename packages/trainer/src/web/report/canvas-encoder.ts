import type { Encoder } from '../../report/encoder.ts';
import { glow } from '../../report/glow.ts';
import { resizeToBytes } from '../../resize/resize.ts';
import { dataUri } from './data-uri.ts';
import { encodePng } from './png.ts';
import { smooth } from './smooth.ts';

/** Larger photos are made smaller: twice the size they are shown at. */
const LARGEST_SIDE = 480;
const JPEG = { type: 'image/jpeg', quality: 0.82 };

/**
 * Encodes the pictures of a report in a page or a Worker: photos as JPEG, everything else as PNG. What it makes looks
 * like what Node's makes.
 */
export const canvasEncoder: Encoder = {
  async photo(rgb, side) {
    const shown = Math.min(side, LARGEST_SIDE);
    const canvas = new OffscreenCanvas(shown, shown);
    const context = canvas.getContext('2d');
    if (!context) throw new Error(`[@fbsd/trainer] no canvas of ${shown}×${shown} pixels`);
    context.putImageData(opaque(shown === side ? rgb : shrunk(rgb, side, shown), shown), 0, 0);
    const file = await canvas.convertToBlob(JPEG);
    return dataUri(file.type, new Uint8Array(await file.arrayBuffer()));
  },

  async heatMap(map) {
    const { side, values } = smooth(map);
    const rgba = new Uint8Array(4 * side * side);
    values.forEach((value, i) => {
      rgba.set(glow(value), 4 * i);
    });
    return pixels(rgba, side, side);
  },

  pixels,
};

async function pixels(rgba: Uint8Array, width: number, height: number): Promise<string> {
  return dataUri('image/png', await encodePng(rgba, width, height));
}

function shrunk(data: Uint8Array, side: number, shown: number): Uint8Array {
  const window = { left: 0, top: 0, width: shown, height: shown };
  const placement = { window, flip: false, side: shown, left: 0, top: 0 };
  return resizeToBytes({ data, width: side, height: side }, shown, placement);
}

function opaque(rgb: Uint8Array, side: number): ImageData {
  const image = new ImageData(side, side);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    image.data[to] = rgb[from] as number;
    image.data[to + 1] = rgb[from + 1] as number;
    image.data[to + 2] = rgb[from + 2] as number;
    image.data[to + 3] = 255;
  }
  return image;
}
