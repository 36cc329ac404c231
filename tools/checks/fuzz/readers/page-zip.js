import { filesOfZip } from '@fbsd/datasets/web';
import { damaged } from '@fbsd/testing';
import { FAULTS, zipOf } from '../damage/zip.js';
import { oneOf, requireRight } from '../reader.js';

/** Bytes that what is unpacked may have. */
const MOST = 2 ** 20;
const NAMES = ['a/1.jpg', 'a/2.jpg', 'b/1.png', 'b/note.txt', 'c/1.webp'];

/** @returns {Promise<import('../reader.js').Reader>} */
export async function open() {
  const entries = NAMES.map((name, i) => {
    const data = Uint8Array.from({ length: 500 * i }, (_, at) => (at * at) % 251);
    return { name, data, deflated: i % 2 === 0 };
  });
  /** @type {import('../reader.js').Reader['read']} */
  const read = async (files) => {
    const archive = new Blob([Uint8Array.from(files['x.zip'] ?? [])]);
    const found = await filesOfZip(archive, { maxBytes: MOST });
    const size = found.reduce((sum, { blob }) => sum + blob.size, 0);
    requireRight(size <= MOST, `${size} bytes`);
    for (const { path, blob, fault } of found) {
      const leadsOut = /^([/\\]|[a-z]:)/i.test(path) || path.split('/').includes('..');
      requireRight(blob.size === 0 || !(fault || leadsOut), `${path}, of which is said: ${fault}`);
    }
  };
  await read({ 'x.zip': zipOf({ entries }) }, () => 0);
  return {
    damage(draw) {
      /** @type {import('../damage/zip.js').Archive} */
      let archive = { entries };
      for (let times = 1 + draw(3); times > 0; times--)
        archive = oneOf(FAULTS, draw)(archive, draw);
      const file = zipOf(archive);
      return { 'x.zip': draw(6) === 0 ? damaged(file, draw) : file };
    },
    read,
  };
}
