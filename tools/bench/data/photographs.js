import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DATASETS, ensureMini } from '@fbsd/datasets';
import { randomStream } from '@fbsd/trainer';
import sharp from 'sharp';

const WIDTH = 500;
const HEIGHT = 375;
/** Half the range of the noise that makes a file as large as those of CUB-200-2011: 0.1 MB. */
const GRAIN = 26;

/**
 * Writes pictures that cost as much to decode as photographs: drawn birds with grain, JPEG.
 *
 * @param {string} folder
 * @param {number} count
 * @returns {Promise<number>} bytes of a file on average
 */
export async function writePhotographs(folder, count) {
  await mkdir(folder);
  const drawn = `${folder}-drawn`;
  const perClass = { trainPerClass: Math.ceil(count / 10), testPerClass: 0 };
  await ensureMini(DATASETS.cub.mini, drawn, { ...perClass, imageSize: WIDTH });
  const { train } = await DATASETS.cub.load(drawn);
  let bytes = 0;
  for (const { id, path } of train.slice(0, count)) {
    const window = { left: 0, top: (WIDTH - HEIGHT) >> 1, width: WIDTH, height: HEIGHT };
    const pixels = await sharp(path).extract(window).raw().toBuffer();
    const next = randomStream(id);
    const grainy = Uint8ClampedArray.from(pixels, (value) => value + GRAIN * (2 * next() - 1));
    const file = join(folder, `${id}.jpg`);
    const raw = { width: WIDTH, height: HEIGHT, channels: /** @type {3} */ (3) };
    await sharp(grainy, { raw }).jpeg({ quality: 90 }).toFile(file);
    bytes += (await stat(file)).size;
  }
  return bytes / count;
}
