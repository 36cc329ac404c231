import { join } from 'node:path';
import type { Sample } from '@fbsd/trainer';
import { randomStream } from '@fbsd/trainer';
import sharp from 'sharp';

/** Writes `count` different pictures of noise, 40×30, and returns samples with ids from 1 on. */
export async function writePictures(folder: string, count: number): Promise<Sample[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const file = `${i + 1}.png`;
      const path = join(folder, file);
      const next = randomStream(i);
      const noise = Uint8Array.from({ length: 40 * 30 * 3 }, () => 1 + 254 * next()); // never black
      await sharp(noise, { raw: { width: 40, height: 30, channels: 3 } })
        .png()
        .toFile(path);
      return { id: i + 1, path, file, label: i % 3 };
    }),
  );
}
