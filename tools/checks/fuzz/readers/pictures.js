import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { diskPicturesWithin } from '@fbsd/datasets';
import { damaged } from '@fbsd/testing';
import sharp from 'sharp';
import { onDisk } from '../on-disk.js';
import { oneOf, requireRight } from '../reader.js';

const FORMATS = /** @type {const} */ (['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif']);
/** Where formats tell sizes and kinds: half of the damage goes there. */
const HEAD = 100;

/**
 * @param {string} folder
 * @returns {Promise<import('../reader.js').Reader>}
 */
export async function open(folder) {
  mkdirSync(folder);
  const noise = /** @type {const} */ ({ type: 'gaussian', mean: 128, sigma: 60 });
  const create = {
    width: 64,
    height: 48,
    channels: /** @type {const} */ (3),
    background: 'black',
    noise,
  };
  const photo = sharp({ create });
  const files = await Promise.all(
    FORMATS.map((format) => photo.clone().toFormat(format).toBuffer()),
  );
  const source = diskPicturesWithin({ maxSeconds: 5 });
  const { within } = onDisk(folder, []);
  /** @type {import('../reader.js').Reader['read']} */
  const read = (picture) =>
    within(picture, async () => {
      const { data, width, height } = await source.read({ path: join(folder, 'x.jpg') });
      requireRight(data.length === 3 * width * height, 'not three channels');
    });
  for (const file of files) await read({ 'x.jpg': file }, () => 0);
  return {
    damage(draw) {
      let file = Uint8Array.from(oneOf(files, draw));
      for (let times = 1 + draw(3); times > 0 && file.length > 0; times--) {
        const head = draw(2) === 0 ? HEAD : file.length;
        file = Uint8Array.from(
          Buffer.concat([damaged(file.subarray(0, head), draw), file.subarray(head)]),
        );
      }
      return { 'x.jpg': file };
    },
    read,
    megabytes: 1500,
  };
}
