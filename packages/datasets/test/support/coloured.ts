import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** Writes a picture of one colour for each path, of another one for each of the first 250. */
export async function writePictures(
  root: string,
  paths: readonly string[],
  { width = 24, height = 18 } = {},
): Promise<void> {
  for (const [i, path] of paths.entries()) {
    const background = { r: (40 * i) % 256, g: 100 + 20 * (Math.floor(i / 32) % 8), b: 200 };
    const picture = sharp({ create: { width, height, channels: 3, background } });
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), await picture.jpeg().toBuffer());
  }
}
