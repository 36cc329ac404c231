import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { drawnBirds } from '@fbsd/datasets/mini';
import sharp from 'sharp';

/** A drawn bird as a JPEG. */
export interface Bird {
  /** In the folder of its class. */
  path: string;
  bytes: Buffer;
}

/** Draws birds of the first classes. */
export async function drawBirds(
  classes: number,
  perClass: number,
  imageSize = 96,
): Promise<Bird[]> {
  const pictures = [
    ...drawnBirds.pictures({ trainPerClass: perClass, testPerClass: 0, imageSize }),
  ];
  return Promise.all(
    pictures
      .filter(({ sample }) => sample.label < classes)
      .map(async ({ sample, svg }) => ({
        path: sample.path.split('/').slice(-2).join('/'),
        bytes: await sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer(),
      })),
  );
}

/** Writes birds below a folder, for Node. */
export async function writeBirds(folder: string, birds: readonly Bird[]): Promise<void> {
  for (const { path, bytes } of birds) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

/** The folder of its class. */
export function classOf({ path }: Bird): string {
  return path.split('/')[0] as string;
}
