import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { Pixels } from '../../src/resize/resize.ts';

/** The pixels of one of the pictures that the data sets' package keeps for its tests. */
export async function decodeFixture(name: string): Promise<Pixels> {
  const fixtures = new URL('../../../datasets/test/fixtures/images/', import.meta.url);
  const { data, info } = await sharp(fileURLToPath(new URL(name, fixtures)), { ignoreIcc: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
