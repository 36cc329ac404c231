import { join, sep } from 'node:path';
import { ensureMini } from '@fbsd/datasets';
import { onDisk } from './on-disk.js';
import { requireRight } from './reader.js';

/** Few and small pictures: every case looks at each. */
const SMALL = { trainPerClass: 1, testPerClass: 1, imageSize: 32 };

/**
 * A reader of a data set's lists, which lie beside a few drawn pictures.
 *
 * @param {string} folder
 * @param {object} args
 * @param {import('@fbsd/datasets').DrawnDataset} [args.drawn] is made in the folder first
 * @param {readonly string[]} args.lists paths of the files that are damaged
 * @param {(folder: string, draw: import('./reader.js').Draw) => Promise<import('@fbsd/trainer').Dataset>} args.load
 * @param {(file: Uint8Array, draw: import('./reader.js').Draw) => Uint8Array} args.damaged
 * @returns {Promise<import('./reader.js').Reader>}
 */
export async function datasetReader(folder, { drawn, lists, load, damaged }) {
  if (drawn) await ensureMini(drawn, folder, SMALL);
  const { originals, within } = onDisk(folder, lists);
  checkDataset(await load(folder, () => 0), folder);
  return {
    damage(draw) {
      const path = /** @type {string} */ (lists[draw(lists.length)]);
      return { [path]: damaged(/** @type {Uint8Array} */ (originals[path]), draw) };
    },
    read: (files, draw) =>
      within(files, async () => checkDataset(await load(folder, draw), folder)),
  };
}

/**
 * @param {import('@fbsd/trainer').Dataset} dataset
 * @param {string} folder
 */
function checkDataset({ classNames, partNames, train, test, warnings }, folder) {
  const texts = [...classNames, ...partNames, ...warnings];
  requireRight(
    texts.every((text) => typeof text === 'string'),
    'names and warnings',
  );
  const samples = [...train, ...test];
  requireRight(new Set(samples.map(({ id }) => id)).size === samples.length, 'an id twice');
  for (const { id, path, file, label, box, parts = [] } of samples) {
    requireRight(Number.isSafeInteger(id), `id ${id}`);
    requireRight(path.startsWith(folder + sep) && join(path) === path, `path ${path}`);
    requireRight(typeof file === 'string', `file ${file}`);
    requireRight(classNames[label] !== undefined, `label ${label}`);
    requireRight(!box || areFinite([box.x, box.y, box.width, box.height]), 'a box');
    for (const { part, x, y } of parts) {
      requireRight(partNames[part] !== undefined && areFinite([x, y]), `part ${part}`);
    }
  }
}

/** @param {readonly number[]} numbers */
function areFinite(numbers) {
  return numbers.every(Number.isFinite);
}
